"""The picture widget: half blocks, kitty placeholders or sixels, prepared in threads."""

from darkroom.app.widgets.picture.strips import thumbnail_box, thumbnail_strips
from darkroom.app.widgets.picture.widget import Picture

__all__ = ["Picture", "thumbnail_box", "thumbnail_strips"]
