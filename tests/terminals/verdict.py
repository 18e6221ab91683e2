"""What a screenshot has to show at a step, and what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from darkroom.terminal.cells import Box
from tests.terminals import judge
from tests.terminals.script import Sees

if TYPE_CHECKING:
    from PIL import Image

    from tests.terminals.grid import Grid
    from tests.terminals.layout import Place
    from tests.terminals.script import Step
    from tests.terminals.ways import Case


BLACK_ITSELF = "kitty"
"""The terminal whose own ground is black; it has 24-bit colours in every way."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A screenshot.

    Attributes:
        image: RGB.
        cells: Where its cells are.
        place: What is where.
    """

    image: Image.Image
    cells: Grid
    place: Place


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was seen at one step.

    Attributes:
        step: Which.
        faults: What is wrong; nothing when it is right.
        seen: How near it is to the picture, where there has to be one.
    """

    step: Step
    faults: tuple[str, ...]
    seen: judge.Match | None = None


def judged(
    case: Case, step: Step, shot: Shot, picture: Image.Image | None, *, finished: bool = False
) -> Verdict:
    """Looks at a screenshot.

    Args:
        case: Which terminal, reached how.
        step: What was done.
        shot: What is seen.
        picture: What has to be seen, where it is a picture; `None` when there is none.
        finished: What was to be seen in the making was finished already.
    """
    place = shot.place
    further = () if case.terminal == BLACK_ITSELF else judge.ROUNDED
    screen = Box(0, 0, step.view.columns, step.view.lines)
    if step.sees is Sees.SHELL:
        return Verdict(step, _dirty(judge.dirt(shot.image, shot.cells, screen, bare=True)))
    if step.sees is Sees.TEXT:
        return Verdict(
            step, _dirty(judge.dirt(shot.image, shot.cells, screen, [place.thumbnails], further=further))
        )
    if picture is None:
        return Verdict(step, ("no picture was made",))
    box = place.picture(picture.size, shot.cells.said_px)
    over = [] if place.dialog is None else [place.dialog]
    match = judge.match(shot.image, shot.cells, box, picture, over)
    if step.sees is Sees.PICTURE:
        beside = judge.dirt(shot.image, shot.cells, screen, [box, place.thumbnails], further=further)
        return Verdict(step, (*match.faults(sharp=case.sharp()), *_dirty(beside)), match)
    above = sum(judge.dirt(shot.image, shot.cells, dialog, further=further) for dialog in over)
    early = ("it is the finished picture already",) if finished else ()
    return Verdict(step, (*match.rough_faults(), *early, *_dirty(above)), match)


def _dirty(cells: int) -> tuple[str, ...]:
    return (f"{cells} cells are neither text nor its ground",) if cells > judge.DIRT_LIMIT else ()
