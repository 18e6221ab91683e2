"""Looking around: what answers where, by what name, and never for longer than the patience allows."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from darkroom.config.profilecheck import problems
from darkroom.connectors.identify import PATIENCE_S
from darkroom.connectors.signs import Identified
from darkroom.domain.errors import InputError
from darkroom.domain.profile import Profile
from darkroom.services.discovery import Found, addresses, discover, profile_for
from tests.servers.answering import answering, program

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@asynccontextmanager
async def silent() -> AsyncIterator[str]:
    """A server that takes connections and never answers."""
    released = asyncio.Event()

    async def hold(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        released.set()


async def test_it_tells_what_is_where_and_which_profile_has_it() -> None:
    async with program("forge") as forge, program("invokeai-users") as invoke, answering({}) as nas:
        known = [Profile("box", "a1111", forge.replace("127.0.0.1", "localhost") + "/")]
        found = await discover([invoke, forge.removeprefix("http://"), nas, "127.0.0.1:9"], known)
    assert found == (
        Found(invoke, Identified("invokeai", "InvokeAI", "6.14.2", "login")),
        Found(forge, Identified("a1111", "Forge"), "box"),
        Found(nas, Identified("", "something that Darkroom does not know")),
    )
    assert [server.identified.ready for server in found] == [False, True, False]
    assert found[1].name == "box"


async def test_silent_hosts_cost_no_more_than_one_of_them() -> None:
    async with silent() as one, silent() as two, silent() as three, program("comfyui") as comfy:
        began = time.monotonic()
        found = await discover([one, two, comfy, three])
        took = time.monotonic() - began
    assert [server.url for server in found] == [comfy]
    assert took < PATIENCE_S + 1


@pytest.mark.parametrize(
    ("host", "urls"),
    [
        ("box", [f"http://box:{port}" for port in (8188, 7860, 9090, 8888, 7865)]),
        ("box:7861", ["http://box:7861"]),
        (" 192.168.1.20:80 ", ["http://192.168.1.20:80"]),
        ("https://box/comfy", ["https://box/comfy"]),
        ("[::1]:7860", ["http://[::1]:7860"]),
    ],
)
def test_a_host_is_written_in_many_ways(host: str, urls: list[str]) -> None:
    assert list(addresses(host)) == urls


def test_a_bare_address_of_the_sixth_version_has_no_port() -> None:
    assert addresses("fe80::1")[0] == "http://[fe80::1]:8188"


@pytest.mark.parametrize("host", ["", "a b", "ftp://a", "http://u:p@a", "box:99999"])
def test_what_is_no_host_is_told(host: str) -> None:
    with pytest.raises(InputError, match="no host"):
        addresses(host)


@pytest.mark.parametrize(
    ("url", "identified", "taken", "name"),
    [
        ("http://127.0.0.1:7860", Identified("a1111", "AUTOMATIC1111"), (), "a1111"),
        ("http://127.0.0.1:7860", Identified("a1111", "Forge", "f2"), ("a1111",), "forge"),
        ("http://localhost:7860", Identified("a1111", "SD.Next"), ("sd-next", "sd-next-2"), "sd-next-3"),
        ("http://box.lan:9090", Identified("invokeai", "InvokeAI"), (), "invokeai-box"),
        ("http://192.168.1.20:8188", Identified("comfyui", "ComfyUI"), (), "comfyui-192.168.1.20"),
        ("http://[::1]:8188", Identified("comfyui", "ComfyUI"), (), "comfyui"),
    ],
)
def test_names_say_what_a_server_is(
    url: str, identified: Identified, taken: tuple[str, ...], name: str
) -> None:
    profile = profile_for(Found(url, identified), taken)
    assert profile == Profile(name, identified.service, url)
    assert problems(profile) == ()
