"""What happens in a round: drawn from its seed alone."""

from __future__ import annotations

import random
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from tests.contract.backends import available

if TYPE_CHECKING:
    from collections.abc import Sequence


class Face(StrEnum):
    """How Darkroom is used."""

    DESK = "desk"
    SCREEN = "screen"
    GENERATE = "generate"
    WORKER = "worker"


class Trouble(StrEnum):
    """What befalls it."""

    KILL = "kill"
    """One Darkroom is killed (-9)."""
    KILL_ALL = "kill all"
    QUIT = "quit"
    """All are asked to end, as by a closed terminal."""
    SERVER = "server"
    """A server is killed, and comes back with what its disk holds."""
    BOTH = "both"
    """All Darkrooms and a server are killed."""
    DROP = "drop"
    """All connections break."""
    AWAY = "away"
    """All connections break, and none can be made for a while."""
    FULL = "full"
    """Nothing more fits on the disk for a while."""
    FREEZE = "freeze"
    """A Darkroom is stopped for longer than its lease, then goes on."""


COMMON = (
    *(Trouble.KILL, Trouble.KILL, Trouble.KILL_ALL, Trouble.KILL_ALL, Trouble.QUIT),
    *(Trouble.SERVER, Trouble.BOTH, Trouble.DROP, Trouble.AWAY),
)


class Act(NamedTuple):
    """Some Darkrooms come, and trouble.

    Attributes:
        faces: Those that start.
        jobs: How many each of them is asked for.
        trouble: What happens then.
        after_s: How long after the first job was kept.
        for_s: How long it lasts.
        victim: Which of those that live, counted modulo.
    """

    faces: tuple[Face, ...]
    jobs: int
    trouble: Trouble
    after_s: float
    for_s: float
    victim: int


class Scenario(NamedTuple):
    """A round.

    Attributes:
        seed: It repeats the draw.
        service: Which.
        servers: How many of it; two are a group too.
        foreign: Another program's job is in the way at first.
        resends: What is lost is sent again by itself.
        acts: One after the other.
    """

    seed: int
    service: str
    servers: int
    foreign: bool
    resends: bool
    acts: tuple[Act, ...]

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        return tuple(act.trouble for act in self.acts)

    def told(self) -> str:
        """In one line."""
        acts = "; ".join(f"{'+'.join(act.faces)}: {act.trouble} at {act.after_s:.2f} s" for act in self.acts)
        foreign = ", a foreign job" * self.foreign + ", sends again" * self.resends
        return f"seed {self.seed}: {self.servers} × {self.service}{foreign}; {acts}"


def draw(seed: int, services: Sequence[str] = (), troubles: Sequence[Trouble] = COMMON) -> Scenario:
    """The round of a seed; of these services and troubles alone."""
    rng = random.Random(seed)
    service = rng.choice([*(services or available())])
    acts = tuple(_act(rng, troubles) for _ in range(rng.randint(1, 3)))
    return Scenario(seed, service, rng.choice((1, 1, 2)), rng.random() < 0.25, rng.random() < 0.25, acts)


def _act(rng: random.Random, troubles: Sequence[Trouble]) -> Act:
    faces = rng.choice(
        [
            (Face.DESK,),
            (Face.DESK, Face.DESK),
            (Face.GENERATE, Face.GENERATE),
            (Face.WORKER, Face.GENERATE),
            (Face.DESK, Face.WORKER),
            (Face.SCREEN, Face.DESK),
        ]
    )
    return Act(
        faces=faces,
        jobs=rng.randint(1, 5),
        trouble=rng.choice(troubles),
        after_s=rng.choice((rng.uniform(0, 0.3), rng.uniform(0, 3))),
        for_s=rng.uniform(0.2, 3),
        victim=rng.randrange(8),
    )
