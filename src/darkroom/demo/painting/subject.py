"""What a prompt asks for, as far as a painter of landscapes can tell."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from darkroom.demo.painting.palette import PALETTES, TINT_SHARE, TINTS, Palette

if TYPE_CHECKING:
    from darkroom.demo.painting.recipe import Recipe

KINDS: dict[str, str] = {
    "portrait": "portrait woman man girl boy face person queen king warrior witch wizard knight model lady "
    "actor astronaut monk samurai elf character headshot selfie angel hero",
    "flower": "flower flowers rose roses tulip tulips lily lotus blossom blossoms bouquet daisy sunflower "
    "orchid peony poppy petals garden",
    "city": "city skyline street streets cyberpunk downtown skyscraper skyscrapers tokyo york london town "
    "urban neon metropolis buildings building alley castle cathedral village house tower",
    "space": "space galaxy nebula planet planets cosmos cosmic universe stars starfield orbit moonscape "
    "spaceship saturn mars asteroid",
    "coast": "sea ocean harbour harbor coast coastal beach lake water river boat boats ship ships lighthouse "
    "island bay port sail sailing waves wave pier shore fjord lagoon venice fish whale",
    "forest": "forest woods tree trees jungle pine pines woodland birch grove fox deer wolf owl bear cabin",
    "desert": "desert dune dunes sand sahara canyon mesa camel pyramid pyramids oasis",
    "mountains": "mountain mountains hill hills valley peak peaks alps snow ridge landscape meadow field "
    "volcano cliff glacier dragon eagle himalaya highland waterfall",
    "abstract": "abstract pattern fractal texture marble swirl fluid geometric dream surreal psychedelic "
    "energy smoke liquid glass shapes",
}
"""Scenes by the words that ask for them. The scene with most words wins, then the earlier word."""

TIMES: dict[str, str] = {
    "night": "night midnight moon moonlight moonlit stars starry nocturnal neon cyberpunk dark aurora",
    "dawn": "dawn sunrise morning spring pastel soft serene",
    "dusk": "dusk sunset evening twilight golden autumn warm cinematic",
    "day": "day noon sunny summer bright clear midday afternoon",
    "mist": "mist misty fog foggy haze hazy winter snow snowy rain rainy ghost",
    "storm": "storm stormy thunder lightning dramatic dark gloomy tempest",
    "fire": "fire flames lava burning inferno hell dragon volcano apocalypse",
}
"""Palettes by the words that ask for them."""

FALLBACK_KINDS = ("coast", "mountains", "abstract", "desert", "forest")
OWN_TIMES = {"space": "night", "portrait": "dusk", "desert": "dusk"}
"""The light of a scene when the prompt says nothing of it."""
CHECKPOINT_TIMES = {"demo-dusk": "dusk", "demo-ink": "mist", "demo-sketch": "day"}
"""The light that a checkpoint likes when the prompt says nothing of it."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What to paint, and in which light."""

    kind: str
    time: str
    words: frozenset[str]
    tints: tuple[str, ...]
    """Colour words in their order."""

    def palette(self, dice: float) -> Palette:
        """The colours; `dice` (0 … 1) chooses among variants."""
        variants = PALETTES[self.time]
        palette = variants[min(int(dice * len(variants)), len(variants) - 1)]
        for number, word in enumerate(self.tints[:3]):
            palette = palette.with_tint(TINTS[word], TINT_SHARE / (number + 1))
        return palette

    def has(self, *words: str) -> bool:
        """Whether the prompt has one of these words."""
        return not self.words.isdisjoint(words)


def read(recipe: Recipe) -> Subject:
    """Reads a recipe's prompt; every prompt gives something, and the same one always the same."""
    words = re.findall(r"[^\W\d_]+", recipe.prompt.lower())
    kind = (
        "coast" if _mountain_lake(words) else _most(words, KINDS) or _by_hash(recipe.prompt, FALLBACK_KINDS)
    )
    return Subject(
        kind=kind,
        time=_most(words, TIMES) or OWN_TIMES.get(kind) or _usual_time(recipe),
        words=frozenset(words),
        tints=tuple(dict.fromkeys(w for w in words if w in TINTS)),
    )


def _mountain_lake(words: list[str]) -> bool:
    """Water among mountains is painted with the water."""
    return not {"lake", "fjord", "river"}.isdisjoint(words) and _most(words, KINDS) == "mountains"


def _most(words: list[str], groups: dict[str, str]) -> str | None:
    """The group that most words belong to; earlier words count a little more."""
    scores: dict[str, float] = {}
    for place, word in enumerate(words):
        for name, members in groups.items():
            if not {word, word.removesuffix("s"), word.removesuffix("ies") + "y"}.isdisjoint(members.split()):
                scores[name] = scores.get(name, 0) + 1 + 1 / (place + 2)
    return max(scores, key=lambda name: scores[name]) if scores else None


def _by_hash(text: str, choices: tuple[str, ...]) -> str:
    return choices[hashlib.sha256(text.encode()).digest()[0] % len(choices)]


def _usual_time(recipe: Recipe) -> str:
    for name, time in CHECKPOINT_TIMES.items():
        if recipe.checkpoint.startswith(name):
            return time
    return _by_hash(recipe.prompt + "light", ("dawn", "day", "dusk", "mist"))
