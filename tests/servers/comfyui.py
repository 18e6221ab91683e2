"""Darkroom's demo server as a real process, with faults on order; stands for ComfyUI in the tests."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from tests.servers.process import ServerProcess, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path


class ComfyServer(ServerProcess):
    """The demo server; its files are in `home/demo`."""

    def __init__(
        self,
        home: Path,
        *,
        control: bool = True,
        speed: float = 0,
        previews: bool = True,
        idle_exit_s: float = 120,
        arguments: Sequence[str] = (),
    ) -> None:
        """Starts nothing yet.

        Args:
            home: Where its files go.
            control: Whether faults can be ordered.
            speed: Pace of sampling; 0 never waits.
            previews: Whether the sampler sends pictures.
            idle_exit_s: The server ends itself after so many idle seconds, even if the test is killed.
            arguments: Further arguments of `python -m darkroom.demo`.
        """
        given = ["--speed", str(speed), "--idle-exit-s", str(idle_exit_s), *arguments]
        given += ["--preview-method", "auto" if previews else "none", *(["--control"] if control else [])]
        super().__init__("darkroom.demo", home, given)

    async def restart(self, *, forget: bool = True) -> None:
        """Kills the process and starts it again on the same port.

        With `forget` it comes back empty, as a real ComfyUI does; without, by its journal.
        """
        await self.kill()
        await self.start(*(["--forget"] if forget else []))


@asynccontextmanager
async def comfyui_server(tmp_path: Path, **options: Any) -> AsyncIterator[ComfyServer]:
    """A running server below `tmp_path`; its process is gone at the end, whatever happens.

    `options` are those of `ComfyServer`.
    """
    async with running(ComfyServer(tmp_path / "comfyui-home", **options)) as server:
        yield server
