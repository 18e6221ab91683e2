"""Seeds: drawing them, and what people write for them."""

from __future__ import annotations

import random
import re

from darkroom.domain.errors import InputError
from darkroom.domain.parameters import RANDOM_SEED, SEED_MAX

_system = random.SystemRandom()

_RELATIVE = re.compile(r"(?:last)?\s*([+-])\s*(\d{1,20})")


def draw(maximum: int | None = None, rng: random.Random | None = None) -> int:
    """A seed from 0 to `maximum`, by default the largest any service takes.

    Args:
        maximum: Inclusive; above `SEED_MAX` counts as `SEED_MAX`.
        rng: For a repeatable sequence; the system's randomness without one.
    """
    highest = SEED_MAX if maximum is None else max(0, min(maximum, SEED_MAX))
    return (rng or _system).randint(0, highest)


def parse_seed(text: str, last: int | None = None) -> int:
    """The seed that a person means.

    Args:
        text: A number from 0 to 2^64-1, "random" (or "-1", or nothing), "last", or "+1", "last-2":
            so much beside the last one, round the corner at both ends.
        last: The seed used last, when there is one.

    Returns:
        The seed, or `RANDOM_SEED` for one to be drawn later.

    Raises:
        InputError: It is none of these, or there is no last seed.
    """
    folded = text.strip().lower()
    if folded in ("", "random", "rand", "r", str(RANDOM_SEED)):
        return RANDOM_SEED
    if folded == "last":
        return _known(last)
    digits = folded.replace("_", "").replace(",", "")
    if digits.isascii() and digits.isdigit():
        if len(digits) <= 20 and int(digits) <= SEED_MAX:
            return int(digits)
        raise InputError("The seed is too large", hint=f"At most {SEED_MAX}")
    relative = _RELATIVE.fullmatch(folded)
    if relative is None:
        raise InputError("That is no seed", hint="A whole number, “random”, “last” or “+1”")
    distance = int(relative[2]) * (1 if relative[1] == "+" else -1)
    return (_known(last) + distance) % (SEED_MAX + 1)


def _known(last: int | None) -> int:
    if last is None or last < 0:
        raise InputError("There is no last seed yet", hint="Generate a picture first, or type a number")
    return last
