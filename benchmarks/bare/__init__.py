"""Bare scripts, the yardsticks of `benchmarks.submit`: what a careful person would write in an hour.

Each has one open client, waits as its service lets one wait, gets the bytes of the one picture, and keeps
them with `shelf.Shelf`. It follows no progress, survives no broken line, and believes every answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from benchmarks.bare import a1111, comfyui, fooocus, fooocus_api, invokeai

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractAsyncContextManager

    from benchmarks.bare.shelf import Shelf


class Bare(Protocol):
    """One script, with its client open."""

    async def run(self, request: Mapping[str, Any]) -> None:
        """Makes one picture and keeps it; `request` is as Darkroom stores the requests of this service."""
        ...


SCRIPTS: Mapping[str, Callable[[str, Shelf], AbstractAsyncContextManager[Bare]]] = {
    "comfyui": comfyui.opened,
    "a1111": a1111.opened,
    "invokeai": invokeai.opened,
    "fooocus-api": fooocus_api.opened,
    "fooocus": fooocus.opened,
}
"""By service: opens the script for the server at a URL."""
