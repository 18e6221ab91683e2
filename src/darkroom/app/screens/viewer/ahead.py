"""The neighbours of the picture that is shown, decoded before they are asked for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from darkroom.domain.errors import DamagedPicture
from darkroom.images.decoded import DecodedCache

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from darkroom.app.screens.viewer.pictures import Pictures
    from darkroom.app.widgets.picture.viewing import ViewedCanvas
    from darkroom.domain.pictures import Picture


class Ahead:
    """Decodes one neighbour after the other, in a thread, the next one first.

    Attributes:
        decoded: What was decoded, for the widget that draws.
    """

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self.decoded = DecodedCache()

    async def look(self, shot: Picture, picture: ViewedCanvas, path: Callable[[str], Path]) -> None:
        """Gets the neighbours of `shot` ready for `picture`. A damaged one is told of when it is shown.

        Raises:
            StoreError: They cannot be read.
        """
        for by in (1, -1):
            found = await self._pictures.beside(shot, by)
            if found is not None:
                await asyncio.to_thread(self._decode, found, picture.decode_box, picture.ground, path)

    def _decode(
        self,
        shot: Picture,
        box_px: tuple[int, int] | None,
        ground: tuple[int, int, int],
        path: Callable[[str], Path],
    ) -> None:
        try:
            self.decoded.get(path(shot.output.hash), shot.output.hash, box_px, background=ground)
        except (DamagedPicture, OSError):
            return
