from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from darkroom.connectors import http as http_module
from darkroom.connectors.access import Access, parse_address
from darkroom.connectors.http import Http
from darkroom.connectors.registry import open_connector
from darkroom.domain.errors import ConnectorError, ProtocolError, TimedOut, Unauthorized, Unreachable
from darkroom.domain.profile import Profile
from tests.unit.connectors.services import page, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@asynccontextmanager
async def client(url: str, access: Access | None = None) -> AsyncIterator[Http]:
    address, found = parse_address(url, access or Access())
    opened = Http("test", address, found)
    try:
        yield opened
    finally:
        await opened.aclose()


async def probe(url: str) -> ConnectorError:
    """The error of a probe."""
    connector = open_connector(Profile("test"), url, Access(), "id")
    try:
        with pytest.raises(ConnectorError) as caught:
            await connector.probe()
    finally:
        await connector.aclose()
    return caught.value


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, Unauthorized),
        (403, Unauthorized),
        (407, Unauthorized),
        (301, ProtocolError),
        (302, ProtocolError),
        (307, ProtocolError),
        (502, Unreachable),
        (503, Unreachable),
        (504, Unreachable),
    ],
)
async def test_a_status_that_is_no_answer_is_an_error(status: int, error: type[ConnectorError]) -> None:
    away = {"Location": "http://me:hunter2@elsewhere/login?token=hunter2"} if status < 400 else {}
    async with serving(x=web.Response(status=status, headers=away)) as url, client(url) as http:
        with pytest.raises(error) as caught:
            await http.get("/x")
        assert caught.value.hint
        assert "hunter2" not in "\n".join(caught.value.lines())
        assert ("elsewhere/login" in caught.value.detail) is (status < 400)


@pytest.mark.parametrize("status", [200, 400, 404, 413, 500])
async def test_other_statuses_are_for_the_caller(status: int) -> None:
    async with serving(x=web.Response(status=status, text="hello")) as url, client(url) as http:
        answer = await http.get("/x")
    assert (answer.status, answer.body, answer.endpoint) == (status, b"hello", "GET /x")


async def test_nothing_there_is_told_with_the_address() -> None:
    async with serving() as url:
        pass
    async with client(url) as http:
        with pytest.raises(Unreachable) as caught:
            await http.get("/x")
    assert not caught.value.sent
    assert "connection refused" in caught.value.detail
    assert url in caught.value.detail


async def test_an_unknown_name_is_told() -> None:
    async with client("http://no-such-host.invalid:8188") as http:
        with pytest.raises(Unreachable) as caught:
            await http.get("/x")
    assert not caught.value.sent
    assert "no-such-host.invalid" in caught.value.detail


async def test_silence_is_a_timeout() -> None:
    released = asyncio.Event()

    async def silent(_request: web.Request) -> web.StreamResponse:
        await released.wait()
        return web.Response()

    async with serving(x=silent) as url, client(url) as http:
        with pytest.raises(TimedOut):
            await http.get("/x", timeout_s=0.05)
        released.set()


async def test_a_connection_that_breaks_is_unreachable_and_may_have_sent() -> None:
    async def broken(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with serving(x=broken) as url, client(url) as http:
        with pytest.raises(Unreachable) as caught:
            await http.post("/x", {})
        assert caught.value.sent


async def test_something_that_speaks_no_http_is_told() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, client(f"http://127.0.0.1:{port}") as http:
        with pytest.raises(ProtocolError, match="does not speak HTTP"):
            await http.get("/x")


async def test_plain_http_behind_an_https_address_is_told() -> None:
    async with serving() as url, client(url.replace("http:", "https:")) as http:
        with pytest.raises(Unreachable, match="encrypted") as caught:
            await http.get("/x")
        assert "http://" in caught.value.hint


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (page("Sign in"), "a web page titled “Sign in”"),
        (web.Response(text="hello"), "broken JSON"),
        (web.Response(body=b"\xff\xfe"), "broken JSON"),
        (web.Response(text=""), "broken JSON"),
        (web.Response(text="[" * 100_000), "broken JSON"),
    ],
)
async def test_what_is_no_json_is_told(answer: web.Response, says: str) -> None:
    async with serving(x=answer) as url, client(url) as http:
        with pytest.raises(ProtocolError) as caught:
            await http.json(await http.get("/x"))
    assert says in caught.value.detail


async def test_a_stream_is_capped() -> None:
    async with serving(x=web.Response(body=b"x" * 3_000_000)) as url, client(url) as http:
        assert (
            len(b"".join([piece async for piece in http.stream("/x", {}, cap_bytes=3_000_000)])) == 3_000_000
        )
        with pytest.raises(ProtocolError, match="too large"):
            _ = [piece async for piece in http.stream("/x", {}, cap_bytes=2_999_999)]


async def test_a_bomb_that_unpacks_beyond_the_cap_is_refused() -> None:
    import gzip

    packed = web.Response(body=gzip.compress(b"\0" * 50_000_000), headers={"Content-Encoding": "gzip"})
    async with serving(x=packed) as url, client(url) as http:
        with pytest.raises(ProtocolError, match="too large"):
            _ = [piece async for piece in http.stream("/x", {}, cap_bytes=1_000_000)]


async def test_a_path_prefix_is_kept_and_escapes_stay() -> None:
    seen = []

    async def note(request: web.Request) -> web.StreamResponse:
        seen.append(request.raw_path)
        return web.Response()

    async with serving(**{"p_a b_c": note}) as url, client(f"{url}/p/") as http:
        await http.get("/a%20b%2Fc")
    assert seen == ["/p/a%20b%2Fc"]


async def test_secrets_do_not_show() -> None:
    async with client("http://me:hunter2@127.0.0.1:1", Access()) as http:
        with pytest.raises(Unreachable) as caught:
            await http.get("/x")
    assert not caught.value.sent
    shown = "\n".join([repr(http), *caught.value.lines(), str(caught.value.__cause__)])
    assert "hunter2" not in shown
    assert http_module.TIMEOUT_S > http_module.CONNECT_S


STATS = web.json_response({"system": {"comfyui_version": "1.2"}, "devices": []})


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"api_v1_app_version": web.json_response({"version": "5.1"})}, "InvokeAI"),
        ({"sdapi_v1_samplers": web.json_response([{"name": "Euler"}])}, "AUTOMATIC1111"),
        (
            {"v1_generation_job_queue": web.json_response({"running_size": 0, "finished_size": 0})},
            "Fooocus-API",
        ),
        ({"root": page("Fooocus 2.5.5")}, "Fooocus"),
        ({"root": web.Response(text="Ollama is running")}, "Ollama"),
        ({"system_stats": page("My NAS")}, "a web page titled “My NAS”"),
        ({"system_stats": web.json_response([1])}, "not as it should"),
        ({}, "not as it should"),
    ],
)
async def test_another_program_on_the_port_is_named(answers: dict[str, web.Response], says: str) -> None:
    async with serving(**answers) as url:
        error = await probe(url)
    assert isinstance(error, ProtocolError)
    assert error.title == "This is not ComfyUI"
    assert says in error.detail


async def test_a_server_that_only_imitates_comfyui_is_told() -> None:
    kobold = web.json_response({"result": "KoboldCpp", "version": "1.9"})
    imitation = web.json_response({"system": {"os": "x"}, "devices": []})
    async with serving(system_stats=imitation, api_extra_version=kobold) as url:
        error = await probe(url)
    assert "KoboldCpp" in error.detail


async def test_a_server_that_fails_is_not_called_another_program() -> None:
    async with serving(system_stats=web.Response(status=500, text="no")) as url:
        error = await probe(url)
    assert error.title == "The server answers with status 500"


async def test_odd_replies_of_a_comfyui_do_no_harm() -> None:
    odd = web.json_response(
        {
            "system": {"comfyui_version": "\x1b[31m9", "argv": 3},
            "devices": [{"name": "\x1b]0;x", "type": "cuda"}],
        }
    )
    async with serving(
        system_stats=odd, prompt=web.json_response({"exec_info": {"queue_remaining": "x"}})
    ) as url:
        connector = open_connector(Profile("test"), url, Access(), "id")
        try:
            info = await connector.probe()
        finally:
            await connector.aclose()
    assert "\x1b" not in info.label + info.version + info.devices[0]
    assert info.queue_remaining is None
