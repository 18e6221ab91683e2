"""What is painted on, and the few ways to put colour there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from darkroom.demo.painting.colour import Colour, Numbers, Plane, Planes, column, smoothstep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from darkroom.demo.painting.noise import Curve, Dice
    from darkroom.demo.painting.palette import Palette
    from darkroom.demo.painting.subject import Subject


@dataclass(slots=True)
class Surface:
    """A picture in the making. Places are in heights of the picture: y 0 … 1 downwards, x 0 in the middle."""

    width: int
    height: int
    dice: Dice
    subject: Subject
    palette: Palette
    detail: int
    """Octaves of the finest texture, by the steps that were asked for."""
    colours: Planes = field(init=False)
    x: Plane = field(init=False)
    """1 × width."""
    y: Plane = field(init=False)
    """Height × 1."""

    def __post_init__(self) -> None:
        self.colours = np.zeros((3, self.height, self.width), dtype=np.float32)
        columns = (np.arange(self.width) + 0.5 - self.width / 2) / self.height
        rows = (np.arange(self.height) + 0.5) / self.height
        self.x = columns.astype(np.float32)[None, :]
        self.y = rows.astype(np.float32)[:, None]

    @property
    def aspect(self) -> float:
        """Width by height."""
        return self.width / self.height

    def row(self, y: float) -> int:
        """The pixel row at `y`, within the picture."""
        return min(max(round(y * self.height), 0), self.height)

    def gradient(self, stops: Sequence[tuple[float, Colour]], top: float = 0.0, bottom: float = 1.0) -> None:
        """Fills the rows between `top` and `bottom` with colours by y."""
        first, last = self.row(top), self.row(bottom)
        at = self.y[first:last, 0].astype(np.float64)
        places = [place for place, _ in stops]
        for plane in range(3):
            values = np.interp(at, places, [colour[plane] for _, colour in stops])
            self.colours[plane, first:last] = values.astype(np.float32)[:, None]

    def wash(self, colour: Colour | Planes, mask: Plane, first: int = 0, last: int | None = None) -> None:
        """Lays a colour over rows `first` to `last` as densely as the mask (0 … 1) says."""
        area = self.colours[:, first : self.height if last is None else last]
        paint = column(colour) if isinstance(colour, tuple) else colour
        area += (paint - area) * mask

    def add(self, colour: Colour, strength: Numbers | float, first: int = 0, last: int | None = None) -> None:
        """Adds light of a colour to rows `first` to `last`; the brighter it is there, the less is added."""
        area = self.colours[:, first : self.height if last is None else last]
        area += column(colour) * strength * np.maximum(1 - area, 0)

    def distance(self, x: float, y: float, stretch: float = 1.0) -> Plane:
        """How far every pixel is from a place; `stretch` > 1 makes circles wide."""
        across = (self.x - np.float32(x)) * np.float32(1 / stretch)
        down = self.y - np.float32(y)
        far: Plane = np.sqrt(across * across + down * down)
        return far

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
        """Light that fades from a place without an edge."""
        near = self.distance(x, y) * np.float32(1 / radius)
        self.add(colour, np.float32(strength) / (1 + near * near * 3))

    def disc(self, x: float, y: float, radius: float, colour: Colour, softness: float = 0.0) -> None:
        """A filled circle; `softness` widens its edge, in heights."""
        edge = softness + 1.2 / self.height
        self.wash(colour, smoothstep(radius + edge, radius - edge, self.distance(x, y)))

    def below(self, line: Curve, first: int, softness: float = 0.0) -> Plane:
        """A mask of what lies below a line (y by column), for the rows from `first` on."""
        edge = np.float32(softness + 1.0 / self.height)
        mask = (self.y[first:] - line[None, :]) / edge + np.float32(0.5)
        clipped: Plane = np.clip(mask, 0, 1, out=mask)
        return clipped

    def ridge(self, line: Curve, top: Colour, foot: Colour, depth: float, grain: Plane | None = None) -> None:
        """Land below a line: `top` at its edge, fading to `foot` within `depth` heights.

        `grain` (height × width, around 0) makes parts of it lighter and darker.
        """
        first = self.row(float(line.min()) - 2 / self.height)
        if first >= self.height:
            return
        mask = self.below(line, first)
        fade = np.clip((self.y[first:] - line[None, :]) * np.float32(1 / depth), 0, 1)
        paint = column(top) + (column(foot) - column(top)) * fade
        if grain is not None:
            paint = paint * (1 + grain[first:])
        self.wash(paint, mask, first)
