"""What a service's owner says about it, so that the common suite can drive it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from darkroom.connectors.access import Access
from darkroom.connectors.registry import open_connector
from darkroom.domain.profile import Profile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from darkroom.connectors.base import Connector
    from darkroom.domain.generation import OutputRef
    from darkroom.domain.parameters import Value, Values
    from tests.servers.process import ServerProcess


NO_ACCESS = Access()


@dataclass(frozen=True, kw_only=True)
class Backend:
    """One service. Values are by address of its built-in form; what is left out is the form's default.

    Attributes:
        service: Id in `domain.service.SERVICES`.
        called: Words, one of which another service's connector must say when this one is on its port.
        server: Makes a test server, not started, open to all, with its files below the given folder.
        quick: A small picture at once, with at least four steps that are told.
        steady: About two seconds on the test server: the line can break and come back while it runs.
        long: So long that it is only ever stopped.
        size_px: Width and height of the pictures that these three ask for.
        batch: Address of how many pictures are made; its value is that number.
        with_picture: What else is set when a picture is fed in by the first field with `Role.IMAGE`.
        upscaling: What else is set in the upscale mode, beside the picture; should make it larger.
        refused: An address and a value that the server itself refuses naming the field; `None`: it
            refuses none by name.
        tells_causes: A failure says what failed; else only that something did.
        rereads: An output can be read a second time; else its bytes come once, with the events.
        named_by_node: `OutputRef.node` is a node's id for all pictures; else it is "" for those asked for.
        locked: Makes a test server behind the service's own login or key; `None`: the service has none.
        access: What opens `locked`.
        expires: What `access` opens runs out (fault "expire") and is renewed by itself.
        tells_lone: It tells of a foreign job that runs while nothing waits for it.
        server_settings: Recovery needs `Profile.server_settings`.
    """

    service: str
    called: tuple[str, ...]
    server: Callable[[Path], ServerProcess]
    quick: Values
    steady: Values
    long: Values
    size_px: tuple[int, int] = (64, 64)
    batch: str = "batch_size"
    with_picture: Values = field(default_factory=dict)
    upscaling: Values = field(default_factory=dict)
    refused: tuple[str, Value] | None = None
    tells_causes: bool = True
    rereads: bool = True
    named_by_node: bool = False
    locked: Callable[[Path], ServerProcess] | None = None
    access: Access = NO_ACCESS
    expires: bool = False
    tells_lone: bool = True
    server_settings: bool = False

    def profile(self, url: str, name: str = "test") -> Profile:
        """A profile for the server at `url`, with all that recovery needs allowed."""
        return Profile(name, self.service, url, server_settings=self.server_settings)

    def open(self, url: str, access: Access | None = None, name: str = "test") -> Connector:
        """A connector of a client of its own; to be closed."""
        return open_connector(self.profile(url, name), url, access or Access(), uuid.uuid4().hex)

    def is_picture(self, output: OutputRef) -> bool:
        """Whether it was asked for, and is no grid, map or other extra."""
        return self.named_by_node or output.node == ""
