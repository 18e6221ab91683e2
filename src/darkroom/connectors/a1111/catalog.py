"""Asks a server for its lists, all at once; each of them may be missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from darkroom.connectors.a1111 import lists
from darkroom.connectors.a1111.lists import condense
from darkroom.connectors.identify import identify, wrong_service
from darkroom.connectors.together import together
from darkroom.domain.errors import ConnectorError, ProtocolError, Unauthorized
from darkroom.domain.service import A1111, SERVICES
from darkroom.domain.workflow import UPSCALE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from darkroom.connectors.a1111.client import Client
    from darkroom.connectors.http import Answer
    from darkroom.connectors.signs import Identified


async def read_samplers(client: Client, answer: Answer) -> list[str]:
    """The names in the answer to `Client.samplers`.

    Raises:
        ProtocolError: The server is another one, or was started without its API.
    """
    if answer.status == 200:
        try:
            found = condense("samplers", await client.http.json(answer))
        except ProtocolError:
            found = []
        if found:
            return list(found)
    raise await wrong_service(client.http, answer, SERVICES[A1111].title)


async def read_lists(client: Client, mode: str) -> dict[str, Any]:
    """All lists that the form of `mode` needs.

    Raises:
        Unreachable: Nothing answers.
        ProtocolError: The server is another one.
    """
    wanted = lists.UPSCALE_PATHS if mode == UPSCALE else tuple(lists.PATHS)
    samplers = await read_samplers(client, await client.samplers())
    found = await together(*(_list(client, name) for name in wanted))
    known: dict[str, Any] = dict(zip(wanted, found, strict=True))
    if "scripts" in known:
        known["scripts"] = _without_repeats(known["scripts"])
    return {"samplers": samplers, **known}


async def _list(client: Client, name: str) -> Any:
    """One list; an empty one where the server fails on it, or wants other credentials for it."""
    try:
        document = await client.get(lists.PATHS[name])
    except (ProtocolError, Unauthorized):
        document = None
    return condense(name, document)


def _without_repeats(scripts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Scripts that are the same for both ways of making pictures, once: `img2img` is `None` then."""
    kept: list[dict[str, Any]] = []
    for script in scripts:
        twin = next((other for other in kept if {**other, "img2img": script["img2img"]} == script), None)
        if twin is None:
            kept.append(script)
        else:
            twin["img2img"] = None
    return kept


async def read_program(client: Client) -> Identified | None:
    """Which program it is; `None` when that cannot be told now."""
    try:
        return await identify(client.http)
    except ConnectorError:
        return None
