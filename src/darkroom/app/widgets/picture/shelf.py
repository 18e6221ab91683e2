"""Pictures that are ready to be painted again at once: two that are compared, the one before."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from darkroom.app.widgets.picture.prepare import Prepared, Request


class Shelf:
    """The pictures that were put there last. What is kitty's is still in the terminal."""

    def __init__(self, size: int) -> None:
        """An empty shelf for `size` pictures; 0 keeps none."""
        self._size = size
        self._kept: OrderedDict[Hashable, Prepared] = OrderedDict()

    def put(self, prepared: Prepared) -> list[Prepared]:
        """Keeps a picture; those that are kept no more, which may be itself."""
        gone = []
        if (before := self._kept.pop(prepared.request.looks, None)) is not None:
            gone.append(before)
        self._kept[prepared.request.looks] = prepared
        while len(self._kept) > self._size:
            gone.append(self._kept.popitem(last=False)[1])
        return gone

    def take(self, request: Request) -> Prepared | None:
        """The picture that looks as is asked for, which leaves the shelf."""
        return self._kept.pop(request.looks, None)

    def needs(self, request: Request) -> bool:
        """Whether there is room for such a picture, and none that looks so; one that does stays longer."""
        if request.looks in self._kept:
            self._kept.move_to_end(request.looks)
            return False
        return self._size > 0

    def clear(self) -> None:
        """Keeps nothing more."""
        self._kept.clear()
