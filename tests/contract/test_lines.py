"""Lines that break at every stage: nothing is sent twice, every job ends, pictures come whole."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from darkroom.domain.events import Ended
from darkroom.domain.generation import OutputKind, Status
from darkroom.domain.parameters import Role
from darkroom.domain.service import SERVICES
from darkroom.domain.workflow import UPSCALE
from darkroom.services.updates import Live
from tests.contract.driving import is_sampling, read
from tests.contract.program import opened
from tests.contract.site import picture_address

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.connectors.base import Connector
    from darkroom.domain.generation import Generation
    from darkroom.services.updates import Update
    from tests.contract.program import Program
    from tests.contract.site import Site


async def kept(program: Program, end: Generation) -> bytes:
    """The bytes of the one picture that was kept."""
    (output,) = end.outputs
    assert output.kind is OutputKind.IMAGE
    data = await program.core.store.blobs.read_blob(output.hash)
    with Image.open(io.BytesIO(data)) as opened_picture:
        opened_picture.load()
        assert opened_picture.size == (output.width_px, output.height_px)
    return data


@pytest.mark.parametrize("at", ["submit", "submitted", "running", "output"])
async def test_a_line_that_breaks_costs_no_job_and_sends_none_twice(
    site: Site, connector: Connector, tmp_path: Path, at: str
) -> None:
    server = site.server
    values = site.backend.steady if at == "running" else site.backend.quick
    before = await server.state()
    await server.fault("cut", at=at)
    async with opened(tmp_path, site) as program:
        end = await program.end((await program.submit(values)).id)
        sent = (await server.state()).jobs - before.jobs
        if connector.capabilities.recovers or end.summary.status is Status.COMPLETE:
            assert (end.summary.status, end.summary.reason) == (Status.COMPLETE, None)
            assert sent == 1
            await kept(program, end)
            return
        assert end.summary.status in (Status.LOST, Status.FAILED)
        assert end.summary.reason is not None
        assert end.summary.reason.title
        assert sent <= 1
        again = await program.end((await program.core.generations.rerun(end.id)).id)
        assert again.summary.status is Status.COMPLETE
        await kept(program, again)


async def test_pictures_are_kept_as_the_server_has_them(
    site: Site, connector: Connector, tmp_path: Path
) -> None:
    async with opened(tmp_path, site) as program:
        end = await program.end((await program.submit(site.backend.quick)).id)
        data = await kept(program, end)
    if not (connector.capabilities.recovers and site.backend.rereads):
        return
    told = await connector.inspect(end.handle or {})
    assert isinstance(told, Ended)
    (output,) = [output for output in told.outputs if site.backend.is_picture(output)]
    assert await read(connector, output) == data


async def test_a_program_that_went_away_is_taken_over_by_the_next(site: Site, tmp_path: Path) -> None:
    server = site.server
    before = await server.state()
    async with opened(tmp_path, site) as program:
        submitted = await program.submit(site.backend.steady)
        await program.until(is_live)
        recovers = (await program.core.connections.get("test")).capabilities.recovers
    async with opened(tmp_path, site) as program:
        assert await program.core.recovery.once() == 1
        end = await program.end(submitted.id)
        assert (await server.state()).jobs - before.jobs == 1
        # Who cannot promise it may still find the pictures.
        if recovers or end.summary.status is Status.COMPLETE:
            assert end.summary.status is Status.COMPLETE
            await kept(program, end)
        else:
            assert end.summary.status is Status.LOST
            assert end.summary.reason is not None


def is_live(update: Update) -> bool:
    """Whether it tells that a job samples."""
    return isinstance(update, Live) and is_sampling(update.event)


async def test_a_picture_of_the_history_is_made_larger_and_says_of_what(
    site: Site, connector: Connector, tmp_path: Path
) -> None:
    if UPSCALE not in SERVICES[site.backend.service].modes:
        pytest.skip("the service has no upscale mode")
    address = picture_address(
        connector.form(await connector.catalog(mode=UPSCALE), UPSCALE, None, {}), Role.IMAGE
    )
    async with opened(tmp_path, site) as program:
        small = await program.end((await program.submit(site.backend.quick)).id)
        fed = f"blob:{small.outputs[0].hash}"
        end = await program.end((await program.upscale({**site.backend.upscaling, address: fed})).id)
        assert (end.summary.status, end.summary.reason) == (Status.COMPLETE, None)
        await kept(program, end)
        (large,) = end.outputs
        assert (large.width_px or 0) > (small.outputs[0].width_px or 0)
        assert end.snapshot.inputs[address].hash == small.outputs[0].hash
        assert end.snapshot.mode == UPSCALE


async def test_two_profiles_of_one_service_work_at_once(site: Site, tmp_path: Path) -> None:
    async with opened(tmp_path, site, "twin") as program:
        jobs = [await program.submit(site.backend.steady, name) for name in ("test", "twin")]
        ends = await asyncio.gather(*(program.end(job.id) for job in jobs))
        assert {end.summary.status for end in ends} == {Status.COMPLETE}
        assert [end.summary.profile for end in ends] == ["test", "twin"]
        assert len({await kept(program, end) for end in ends}) == len(ends)
