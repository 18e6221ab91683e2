"""Servers are told apart by what they say, on real connections and as recorded."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from darkroom.connectors.access import Access, parse_address
from darkroom.connectors.http import Http
from darkroom.connectors.identify import PATIENCE_S, Identified, identify, wrong_service
from darkroom.connectors.signs import Seen, judge
from darkroom.domain.errors import ProtocolError, TimedOut, Unreachable
from tests.servers.a1111 import A1111Server
from tests.servers.answering import NOT_FOUND, answering, program, recorded
from tests.servers.fooocus import FooocusServer
from tests.servers.fooocus_api import FooocusApiServer
from tests.servers.invokeai import InvokeServer
from tests.servers.process import running
from tests.unit.connectors.services import serving

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.servers.process import ServerProcess


async def asked(url: str, access: Access | None = None) -> Identified | None:
    address, access = parse_address(url, access or Access())
    http = Http("test", address, access)
    try:
        return await identify(http)
    finally:
        await http.aclose()


def said(**bodies: Any) -> dict[str, Any]:
    """Answers with status 200 by path, `__` for `/`."""
    return {"/" + name.replace("__", "/"): {"status": 200, "body": body} for name, body in bodies.items()}


SAMPLERS = {"/sdapi/v1/samplers": {"status": 200, "body": [{"name": "Euler", "aliases": [], "options": {}}]}}
FOOTER = 'version: <a href=\\"https://example.org/commit/x\\">f2.0.1v1.10.1-previous-669-gdfdcbab6</a>'
WEB_PAGE = {"version": "4.40.0", "title": "Stable Diffusion", "components": [{"props": {"value": FOOTER}}]}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("comfyui", Identified("comfyui", "ComfyUI", "0.3.64")),
        ("forge", Identified("a1111", "Forge")),
        ("forge-locked", Identified("a1111", "Forge", wants="basic")),
        ("invokeai", Identified("invokeai", "InvokeAI", "6.14.2")),
        ("invokeai-users", Identified("invokeai", "InvokeAI", "6.14.2", "login")),
        ("fooocus-api", Identified("fooocus-api", "Fooocus-API")),
        ("fooocus-api-locked", Identified("fooocus-api", "Fooocus-API", wants="api-key")),
        ("fooocus", Identified("fooocus", "Fooocus", "2.5.5")),
        ("fooocus-locked", Identified("fooocus", "Fooocus", wants="login")),
    ],
)
async def test_recorded_programs_are_told_apart(name: str, found: Identified) -> None:
    async with program(name) as url:
        assert await asked(url) == found


@pytest.mark.parametrize(
    ("answers", "service", "label"),
    [
        (SAMPLERS, "a1111", "AUTOMATIC1111"),
        (SAMPLERS | said(sdapi__v1__version={"app": "sd.next", "updated": "2025-09-15"}), "a1111", "SD.Next"),
        (SAMPLERS | said(sdcpp__v1__capabilities={"limits": {}}), "a1111", "stable-diffusion.cpp"),
        (SAMPLERS | said(config=WEB_PAGE), "a1111", "AUTOMATIC1111 f2.0.1v1.10.1-previous-669-gdfdcbab6"),
        (said(system_stats={"system": {"os": "x"}, "devices": []}), "comfyui", "ComfyUI"),
        (said(config={"title": "Photo sorter", "components": []}), "", "a Gradio app titled “Photo sorter”"),
        ({"/": {"status": 200, "body": "Ollama is running"}}, "", "Ollama"),
        (said(Text2Image="<html><head><title>Generate - SwarmUI</title></head></html>"), "", "SwarmUI"),
        ({"/": {"status": 200, "body": "<html><title>My NAS</title>"}}, "", "a web page titled “My NAS”"),
    ],
)
async def test_dialects_and_other_programs_are_named(
    answers: Mapping[str, Any], service: str, label: str
) -> None:
    async with answering(answers) as url:
        found = await asked(url)
    assert found is not None
    assert found.service == service
    assert found.label.startswith(label)


KOBOLD = said(
    api__extra__version={"result": "KoboldCpp", "version": "1.99"},
    system_stats={"system": {"os": "posix"}, "devices": []},
)


async def test_koboldcpp_is_not_taken_for_what_it_imitates() -> None:
    model = said(sdapi__v1__sd_models=[{"title": "anything", "model_name": "anything"}])
    models = {"/sdapi/v1/sd-models": next(iter(model.values()))}
    async with answering(KOBOLD | SAMPLERS) as url:
        assert await asked(url) == Identified(
            "", "KoboldCpp", "1.99", remark="It has loaded no model that makes pictures"
        )
    async with answering(KOBOLD | SAMPLERS | models) as url:
        assert await asked(url) == Identified("a1111", "KoboldCpp", "1.99")


async def test_a_web_ui_without_its_api_says_what_to_do() -> None:
    async with answering(said(config=WEB_PAGE)) as url:
        found = await asked(url)
    assert found is not None
    assert (found.service, found.program) == ("a1111", "Forge")
    assert "--api" in found.remark


async def test_a_gradio_login_is_told() -> None:
    page = '<script>window.gradio_config = {"auth_required":true};</script>'
    refused = {"/config": {"status": 401, "body": {"detail": "Not authenticated"}}}
    async with answering(refused | {"/": {"status": 200, "body": page}}) as url:
        found = await asked(url)
    assert found is not None
    assert (found.service, found.wants) == ("", "login")


async def test_a_server_that_refuses_everything_wants_credentials() -> None:
    async with answering({}, {"status": 401, "body": {"detail": "no"}}) as url:
        found = await asked(url)
    assert found is not None
    assert (found.service, found.wants) == ("", "basic")


async def test_status_alone_says_nothing() -> None:
    async with answering({}, {"status": 200, "body": {}}) as url:
        assert await asked(url) is None
    async with answering({}, {"status": 404, "body": "no"}) as url:
        assert await asked(url) is None


@pytest.mark.parametrize(
    "document",
    [[], [1], {}, "x", 3, None, {"version": 3}, {"paths": []}, {"system": []}, {"title": []}, {"result": {}}],
)
def test_odd_documents_do_no_harm(document: Any) -> None:
    from darkroom.connectors import signs

    seen = {path: Seen(document, "") for path in (*signs.PATHS, signs.OPENAPI)}
    assert judge(seen) is None


async def test_hostile_names_are_made_printable() -> None:
    hostile = said(api__v1__app__version={"version": "\x1b[31m" + "9" * 10_000})
    async with answering(hostile) as url:
        found = await asked(url)
    assert found is not None
    assert "\x1b" not in found.label
    assert len(found.label) < 60


async def test_nothing_there_is_told_as_such() -> None:
    async with answering({}) as url:
        pass
    with pytest.raises(Unreachable, match="Nothing answers"):
        await asked(url)


async def test_a_silent_server_costs_two_seconds_at_most() -> None:
    released = asyncio.Event()

    async def silent(_request: web.Request) -> web.StreamResponse:
        await released.wait()
        return web.Response()

    slow = dict.fromkeys(("config", "root", "system_stats", "sdapi_v1_samplers"), silent)
    async with serving(api_v1_app_version=web.json_response({"version": "6.1"}), **slow) as url:
        began = time.monotonic()
        found = await asked(url)
        assert found == Identified("invokeai", "InvokeAI", "6.1")
        assert time.monotonic() - began < PATIENCE_S + 1
        released.set()


async def test_a_server_that_never_answers_is_a_timeout() -> None:
    released = asyncio.Event()

    async def hold(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    async with server:
        with pytest.raises(TimedOut):
            await asked(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        released.set()


@pytest.mark.parametrize(
    ("name", "wanted", "hint"),
    [
        ("invokeai", "ComfyUI", "set the profile's service to invokeai"),
        ("invokeai", "ComfyUI", "own port is 8188"),
        ("forge", "InvokeAI", "set the profile's service to a1111"),
        ("fooocus", "Fooocus-API", "own port is 8888"),
        ("fooocus-api-locked", "Fooocus-API", "auth to api-key"),
        ("comfyui", "AUTOMATIC1111", "set the profile's service to comfyui"),
    ],
)
async def test_the_wrong_service_is_named_with_what_to_do(name: str, wanted: str, hint: str) -> None:
    async with program(name) as url:
        address, access = parse_address(url, Access())
        http = Http("box", address, access)
        try:
            error = await wrong_service(http, await http.get("/no-such-thing"), wanted)
        finally:
            await http.aclose()
    assert isinstance(error, ProtocolError)
    assert error.title == f"This is not {wanted}"
    assert hint in error.hint
    assert error.profile == "box"


async def test_an_address_is_told_the_name_that_works() -> None:
    async with program("invokeai") as url:
        address, access = parse_address(url, Access())
        http = Http(url, address, access)
        try:
            error = await wrong_service(http, await http.get("/no-such-thing"), "ComfyUI")
        finally:
            await http.aclose()
    assert error.hint == f"This is InvokeAI 6.14.2: call it invokeai+{url}"


def test_every_recording_says_where_it_is_from() -> None:
    from tests.servers.answering import FOLDER

    for file in FOLDER.glob("*.json"):
        assert recorded(file.stem)["source"]
    assert NOT_FOUND["status"] == 404


async def asked_process(server: ServerProcess) -> Identified | None:
    async with running(server):
        return await asked(server.url)


@pytest.mark.parametrize(
    ("program", "name"),
    [
        ("forge", "Forge"),
        ("a1111", "AUTOMATIC1111"),
        ("sdnext", "SD.Next"),
        ("sdcpp", "stable-diffusion.cpp"),
        ("kobold", "KoboldCpp"),
    ],
)
async def test_each_that_speaks_a1111_is_told_apart(tmp_path: Path, program: str, name: str) -> None:
    found = await asked_process(A1111Server(tmp_path, program=program))
    assert found is not None
    assert (found.service, found.program, found.ready) == ("a1111", name, True)


async def test_closed_doors_are_told_by_the_key_they_want(tmp_path: Path) -> None:
    servers: list[tuple[ServerProcess, str, str]] = [
        (A1111Server(tmp_path / "a", login="me:secret"), "a1111", "basic"),
        (A1111Server(tmp_path / "b", login="me:secret", webui=False), "a1111", "basic"),
        (FooocusApiServer(tmp_path / "c", key="secret"), "fooocus-api", "api-key"),
        (InvokeServer(tmp_path / "d", accounts=True), "invokeai", "login"),
    ]
    for server, service, wants in servers:
        found = await asked_process(server)
        assert found is not None
        assert (found.service, found.wants, found.ready) == (service, wants, False)


async def test_open_doors_are_told_as_such(tmp_path: Path) -> None:
    servers: list[tuple[ServerProcess, str]] = [
        (FooocusServer(tmp_path / "a"), "fooocus"),
        (FooocusApiServer(tmp_path / "b"), "fooocus-api"),
        (InvokeServer(tmp_path / "c"), "invokeai"),
    ]
    for server, service in servers:
        found = await asked_process(server)
        assert found is not None
        assert (found.service, found.ready) == (service, True)
