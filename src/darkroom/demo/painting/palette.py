"""Light and colours of the times of day, and what colour words do to them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from darkroom.demo.painting.colour import Colour, blend, rgb, tinted


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one picture."""

    sky: tuple[Colour, Colour, Colour, Colour]
    """From the zenith to the horizon."""
    light: Colour
    """Sun or moon."""
    far: Colour
    """The most distant ridge."""
    near: Colour
    """The foreground."""
    water: Colour
    accent: Colour
    """Lamps, blossoms, sails."""
    dark: bool = False
    """Whether stars and lamps are out."""

    def with_tint(self, tint: Colour, share: float) -> Palette:
        """The palette drawn towards one colour."""
        top, high, low, horizon = (tinted(c, tint, share) for c in self.sky)
        return replace(
            self,
            sky=(top, high, low, horizon),
            far=tinted(self.far, tint, share),
            near=tinted(self.near, tint, share),
            water=tinted(self.water, tint, share),
            light=tinted(self.light, tint, share * 0.4),
            accent=tinted(self.accent, tint, share * 0.6),
        )

    def with_green_land(self) -> Palette:
        """The palette with meadows instead of bare rock."""
        return replace(self, far=blend(self.far, MEADOW, 0.35), near=blend(self.near, MEADOW, 0.55))


MEADOW = rgb("4f7f3c")


def _palette(sky: str, light: str, land: str, water: str, accent: str, *, dark: bool = False) -> Palette:
    top, high, low, horizon = (rgb(code) for code in sky.split())
    far, near = (rgb(code) for code in land.split())
    return Palette((top, high, low, horizon), rgb(light), far, near, rgb(water), rgb(accent), dark)


PALETTES: dict[str, tuple[Palette, ...]] = {
    "dawn": (
        _palette("4a6a9c a3a6cb f3c2b4 ffe6c6", "fff4d8", "9a97bb 2a3352", "7b8fb4", "e58f7b"),
        _palette("5d7aa6 c9a9c4 f9b99c ffdfae", "fff0c8", "a793b5 33304f", "8d8fb5", "f0a06a"),
        _palette("3f7f94 8fc1bd f2d3ae ffeccb", "fffbe6", "84a6ab 1f3b45", "6da3aa", "e99a76"),
    ),
    "day": (
        _palette("2a6ab4 6aa9df b7d9ee e9f3f1", "ffffff", "93b3cb 2c4a38", "2f7ba3", "e8b04a"),
        _palette("3179b8 82bbe0 cfe3e3 f6efdc", "fffdf0", "9ebac0 36513a", "3b8f9e", "e2873f"),
        _palette("1f5fa8 5797d6 a6d0f0 dcecf5", "ffffff", "7fa3cc 24405a", "1f6e9c", "f0c04f"),
    ),
    "dusk": (
        _palette("20264f 6b4280 e26a62 ffbd6b", "ffe6ac", "714c78 17142c", "5f4c80", "ffb45e"),
        _palette("25385f 82608d f28e60 ffd588", "fff0c0", "80587a 1b1a33", "6f5f8c", "ffc470"),
        _palette("3a1f3f a03a55 f0684a ffc05a", "ffe3a0", "7c3a52 200f1e", "7a3c58", "ffd07a"),
    ),
    "night": (
        _palette("050a1e 0f2049 29437a 4f6f9f", "f6f4e2", "2a3f69 04070f", "12264e", "ffcb70", dark=True),
        _palette("070818 1a1745 43306e 7a5590", "fff2e0", "3b2f63 07050f", "221c4c", "ff9d6e", dark=True),
        _palette("03131c 08303c 17565c 4a8a80", "eefbe8", "1c4a50 020a0c", "0a343c", "ffe08a", dark=True),
    ),
    "mist": (
        _palette("a9b6c0 c0cacf d8deda eeeadf", "fffaea", "b3bfc3 36464c", "a6b6ba", "d8926a"),
        _palette("93a5b5 b3bfca d3d4d6 efe3d6", "fff6e4", "aab3c0 343d4c", "98a8b6", "d98a73"),
    ),
    "storm": (
        _palette("262d37 46525e 7b868c bdb9a6", "f6efd6", "5c6a74 14191d", "44535c", "e8b66a"),
        _palette("1f2a33 3c5360 6f8a8d b7c1ae", "f2f4dc", "4d666c 0f1719", "3a565c", "f0c070"),
    ),
    "fire": (
        _palette("1d0c12 5a1a1c c2401f ffae3e", "fff0b0", "6d2620 12080a", "64241d", "ffd65a"),
        _palette("2a1010 74231b d9581f ffc65a", "fff4c4", "7d3222 170a08", "7a2f1e", "ffe27a"),
    ),
}
"""By time of day or weather; the seed chooses among the variants."""

TINTS: dict[str, Colour] = {
    "red": rgb("d23a2e"),
    "crimson": rgb("b3123a"),
    "scarlet": rgb("d92b1e"),
    "orange": rgb("f0832a"),
    "amber": rgb("f2a62e"),
    "gold": rgb("e8b53a"),
    "golden": rgb("e8b53a"),
    "yellow": rgb("f0d23c"),
    "green": rgb("3f9b4f"),
    "emerald": rgb("1f9d6b"),
    "olive": rgb("8a8f3a"),
    "teal": rgb("1f8f93"),
    "turquoise": rgb("2fb7b0"),
    "cyan": rgb("35b9d6"),
    "blue": rgb("2f6fd0"),
    "azure": rgb("3c8fe0"),
    "indigo": rgb("4338a8"),
    "violet": rgb("7a3fc0"),
    "purple": rgb("8338b0"),
    "magenta": rgb("c9308f"),
    "pink": rgb("f07fa8"),
    "rose": rgb("e8607f"),
    "brown": rgb("8a5a36"),
    "sepia": rgb("a07a4c"),
    "silver": rgb("aab4bf"),
    "grey": rgb("8c8f94"),
    "gray": rgb("8c8f94"),
}
"""Colour words in a prompt."""

TINT_SHARE = 0.3
"""How far one colour word draws a palette."""
