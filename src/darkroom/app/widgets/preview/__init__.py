"""The preview pane: the picture, and one line that says how far it is."""

from darkroom.app.widgets.preview.pane import PreviewPane

__all__ = ["PreviewPane"]
