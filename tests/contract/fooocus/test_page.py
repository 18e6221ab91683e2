"""Pages of every configuration, and what is no such page."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from darkroom.connectors.fooocus.used import embedded
from darkroom.domain.errors import ProtocolError, Rejected
from darkroom.domain.events import Outcome
from darkroom.domain.parameters import Role
from darkroom.domain.workflow import UPSCALE
from tests.contract.backends.fooocus import BACKEND
from tests.contract.driving import collect, ended, picture, prepare, read, run
from tests.contract.fooocus.conftest import Spot, spot_of
from tests.servers.answering import answering
from tests.servers.fooocus import FooocusServer
from tests.servers.fooocus.page import recorded

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("page", ["default", "small", "large"])
async def test_every_page_makes_what_was_asked_for(page: str, tmp_path: Path) -> None:
    async with spot_of(FooocusServer(tmp_path, page=page)) as spot:
        prepared = await spot.prepare(width=128, height=64, batch_size=2, sampler="euler", scheduler="normal")
        end = ended(await collect(spot.connector.run(prepared)))
        assert (end.outcome, end.notes) == (Outcome.COMPLETE, ())
        assert len(end.outputs) == 2
        for output in end.outputs:
            data = await read(spot.connector, output)
            with Image.open(io.BytesIO(data)) as opened:
                assert opened.size == (128, 64)
            # Written for our request alone: the page's own setting is off in two of the three.
            used = await embedded(data)
            assert (used is None) is (page == "small")
            assert used is None or (used.prompt, used.sampler, used.scheduler) == ("a cat", "euler", "normal")


async def test_seeds_keep_all_their_digits_and_go_round(spot: Spot) -> None:
    prepared = await spot.prepare(seed=2**63 - 1, batch_size=2)
    end = ended(await collect(spot.connector.run(prepared)))
    used = [await embedded(await read(spot.connector, output)) for output in end.outputs]
    assert [told.seed for told in used if told is not None] == [2**63 - 1, 0]
    assert end.notes == ()


async def test_what_the_server_replaced_is_said(spot: Spot) -> None:
    checkpoint = (await spot.connector.catalog()).schema["checkpoints"][0]
    prepared = await spot.prepare(checkpoint=checkpoint, refiner=checkpoint)
    end = ended(await collect(spot.connector.run(prepared)))
    assert end.notes == (f"asked for refiner {checkpoint}, the server used none",)


async def test_upscaling_fast_gives_one_picture(spot: Spot) -> None:
    asked = await spot.site.ask(
        spot.connector, {"method": "Upscale (Fast 2x)"}, mode=UPSCALE, pictures={Role.IMAGE: picture(64, 64)}
    )
    prepared = await prepare(spot.connector, asked.snapshot, asked.blobs)
    assert prepared.expected == 1
    end = ended(await collect(spot.connector.run(prepared)))
    assert (end.outcome, len(end.outputs), end.notes) == (Outcome.COMPLETE, 1, ())


async def test_a_mask_that_cannot_be_read_marks_the_field(spot: Spot) -> None:
    asked = await spot.site.ask(
        spot.connector, {"steps": 4}, pictures={Role.IMAGE: picture(), Role.MASK: b"no picture"}
    )
    with pytest.raises(Rejected) as caught:
        await prepare(spot.connector, asked.snapshot, asked.blobs)
    assert list(caught.value.problems) == ["mask"]
    assert (await spot.server.state()).jobs == 0


async def test_a_request_fits_no_page_with_another_order(spot: Spot) -> None:
    prepared = await spot.prepare()
    await spot.server.kill()
    await spot.server.start("--page", "large")
    with pytest.raises(Rejected) as caught:
        await collect(spot.connector.run(prepared))
    assert "changed" in caught.value.title
    assert (await spot.server.state()).jobs == 0
    asked = await spot.site.ask(spot.connector, BACKEND.quick)
    assert (await run(spot.connector, asked.snapshot)).outcome is Outcome.COMPLETE


@pytest.mark.parametrize("release", ["4.44.1", "5.9.0"])
async def test_another_gradio_is_named(release: str, tmp_path: Path) -> None:
    async with spot_of(FooocusServer(tmp_path, arguments=["--gradio", release])) as spot:
        for ask in (spot.connector.probe, spot.connector.catalog):
            with pytest.raises(ProtocolError) as caught:
                await ask()
            assert release in caught.value.title


async def test_another_gradio_page_is_no_fooocus() -> None:
    page = recorded("default")
    page["title"] = "A page of [b]another[/b] kind"
    for component in page["components"]:
        component["props"].pop("elem_id", None)
    bodies: list[Any] = [page, {"version": "3.41.2", "components": []}, {"version": "3.41.2"}, [], "<html>"]
    for body in bodies:
        async with answering({"/config": {"status": 200, "body": body}}) as url:
            connector = BACKEND.open(url)
            try:
                with pytest.raises(ProtocolError):
                    await connector.catalog()
            finally:
                await connector.aclose()
