"""The test server says what the real one said, and lines that break are tried again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from darkroom.domain.events import Outcome
from tests.contract.backends.invokeai import BACKEND
from tests.contract.driving import read, run
from tests.unit.invokeai.offering import recorded

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from darkroom.connectors.base import Connector
    from tests.contract.site import Site
    from tests.servers.invokeai import InvokeServer


@pytest.fixture
async def http(server: InvokeServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url) as opened:
        yield opened


@pytest.mark.parametrize("path", ["/api/v1/nope", "/sdapi/v1/options", "/api/v2/models", "/system_stats"])
async def test_unknown_paths_get_the_page(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "text/html")
    assert (await http.post("/sdapi/v1/txt2img", json={})).status_code == 405


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("06_err_bad_scheduler", ("denoise", "scheduler", "nope")),
        ("06_err_steps0", ("denoise", "steps", 0)),
        ("06_err_width_not_mult8", ("noise", "width", 65)),
        ("06_err_cfg_below1", ("denoise", "cfg_scale", 0.5)),
    ],
)
async def test_refusals_are_those_that_were_recorded(
    http: httpx.AsyncClient, name: str, change: tuple[str, str, Any]
) -> None:
    body = recorded("sd1_txt2img.json")
    node, field, value = change
    body["batch"]["graph"]["nodes"][node][field] = value
    answer = await http.post("/api/v1/queue/default/enqueue_batch", json=body)
    wanted = recorded(f"{name}.json")["detail"]
    told = answer.json()["detail"]
    assert answer.status_code == 422
    for key in ("type", "loc", "msg", "input"):
        assert [error[key] for error in told] == [error[key] for error in wanted]


async def test_what_is_not_there_is_told_as_recorded(http: httpx.AsyncClient) -> None:
    batch = (await http.get("/api/v1/queue/default/b/nope/status")).json()
    assert (batch["total"], batch["batch_id"]) == (0, "nope")
    item = await http.get("/api/v1/queue/default/i/9999")
    assert item.status_code == 404
    assert item.json() == {"detail": "Queue item with id 9999 not found in queue default"}
    assert (await http.get("/api/v1/boards/")).status_code == 400
    assert (await http.get("/api/v1/app/version")).json() == {"version": "6.14.2"}


async def test_a_name_used_twice_makes_two_items(http: httpx.AsyncClient) -> None:
    body = recorded("sd1_txt2img.json")
    body["batch"] |= {"batch_id": "mine", "destination": "darkroom:mine"}
    body["batch"]["graph"]["nodes"]["noise"] |= {"width": 64, "height": 64}
    for _ in range(2):
        answer = await http.post("/api/v1/queue/default/enqueue_batch", json=body)
        assert (answer.status_code, answer.json()["enqueued"]) == (200, 1)
    assert (await http.get("/api/v1/queue/default/b/mine/status")).json()["total"] == 2
    listed = (
        await http.get("/api/v1/queue/default/list_all", params={"destination": "darkroom:mine"})
    ).json()
    assert len(listed) == 2
    assert "error_type" not in json.loads(json.dumps(listed[0]))


@pytest.mark.parametrize("path", ["version", "/api/v1/boards/", "metadata", "full"])
async def test_a_get_whose_line_breaks_is_asked_once_more(
    server: InvokeServer, place: Site, client: Connector, path: str
) -> None:
    asked = await place.ask(client, BACKEND.quick)
    await server.fault("reset", path=path)
    await client.catalog()
    end = await run(client, asked.snapshot)
    assert (end.outcome, end.notes) == (Outcome.COMPLETE, ())
    assert (await read(client, end.outputs[0])).startswith(b"\x89PNG")
