"""What finds a job of Fooocus again, as far as that can be: written before it is sent.

Fooocus forgets whom a job belongs to when the line breaks. What is kept here is enough to stop it while
the line stands, and to find its pictures in the server's own log afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from darkroom.connectors.handles import unreadable

if TYPE_CHECKING:
    from darkroom.domain.generation import Handle
    from darkroom.domain.parameters import Value

VERSION = 1


@dataclass(frozen=True, slots=True)
class JobHandle:
    """A job of ours.

    Attributes:
        session: Our name for it: the session under which the server keeps its task.
        app: The life of the server it was made for; see `client.Life`.
        log: Path of the server's log of that day; "" when it keeps none, or nothing that tells the job.
        since: The server's clock before the job was sent, in seconds since 1970.
        prompt: As it was sent.
        seed: Of the first picture.
        count: Pictures asked for.
        same_seed: All of them have the first one's seed.
        grid: A grid of them was asked for too.
        asked: What else was asked for, to be compared with what came back, by address.
        called: Its turn came, so it may run or have run. Until then nothing of it does, whatever becomes of
            whoever called: it is written down before the page is answered.
    """

    session: str
    app: str
    log: str
    since: float
    prompt: str
    seed: int
    count: int
    same_seed: bool = False
    grid: bool = False
    asked: Mapping[str, Value] = field(default_factory=dict)
    called: bool = False

    def to_json(self) -> Handle:
        """As it is stored on the generation's row; the seed as text, because it goes to 2^63."""
        return {"v": VERSION, **asdict(self), "seed": str(self.seed), "asked": dict(self.asked)}


def read_handle(handle: Handle) -> JobHandle:
    """The job that `to_json` wrote.

    Raises:
        JobLost: It cannot be read: written by a newer Darkroom, or damaged.
    """
    asked = handle.get("asked")
    try:
        if handle.get("v") != VERSION or not handle["session"]:
            raise ValueError("version")
        return JobHandle(
            session=str(handle["session"]),
            app=str(handle["app"]),
            log=str(handle["log"]),
            since=float(handle["since"]),
            prompt=str(handle["prompt"]),
            seed=int(handle["seed"]),
            count=int(handle["count"]),
            same_seed=handle.get("same_seed") is True,
            grid=handle.get("grid") is True,
            asked=dict(asked) if isinstance(asked, Mapping) else {},
            # One that does not say is of a Darkroom that did not write it down.
            called=handle.get("called") is not False,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise unreadable(handle, VERSION) from error
