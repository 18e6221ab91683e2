"""The queue screen: all jobs in one order, and what may be done with them."""

from darkroom.app.screens.queue.screen import QueueScreen

__all__ = ["QueueScreen"]
