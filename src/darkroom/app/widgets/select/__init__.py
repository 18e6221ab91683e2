"""Choosing one of many: a list over the screen, filtered as one types."""

from __future__ import annotations

from darkroom.app.widgets.select.choices import Choice
from darkroom.app.widgets.select.overlay import Picked, SelectOverlay

__all__ = ["Choice", "Picked", "SelectOverlay"]
