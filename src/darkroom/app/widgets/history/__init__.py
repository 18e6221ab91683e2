"""The history pane: the generations of a session, newest first, however many."""

from darkroom.app.widgets.history.pane import HistoryPane

__all__ = ["HistoryPane"]
