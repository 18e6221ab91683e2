"""The program is killed (-9) at any moment, and started again: every job ends, none is done twice."""

from __future__ import annotations

import asyncio
import io
import json
import os
import random
import signal
import sys
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from darkroom.domain.generation import Status
from darkroom.domain.parameters import Role
from darkroom.domain.workflow import TXT2IMG
from tests.contract import program
from tests.contract.driving import picture

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.connectors.base import Connector
    from darkroom.domain.generation import Generation
    from darkroom.services.core import Core
    from tests.contract.program import Program
    from tests.contract.site import Site

VICTIM = """
import asyncio, json, sys
from pathlib import Path
from tests.contract import program
from tests.contract.backends import available
from tests.contract.site import Site

async def main():
    home, service, url, jobs = sys.argv[1:]
    site = Site(available()[service], url)
    async with program.opened(Path(home), site) as opened:
        for values in json.loads(jobs):
            print((await opened.submit({**site.backend.quick, **values})).id, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


async def killed_after(home: Path, site: Site, jobs: str, seconds: float) -> list[str]:
    """Ids that the victim had been told were kept, when it was killed `seconds` after the first."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", VICTIM, str(home), site.backend.service, site.url, jobs),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    first = await process.stdout.readline()
    # The moment itself is what is tried here: whatever has happened by then.
    await asyncio.sleep(seconds)
    os.kill(process.pid, signal.SIGKILL)
    rest = await process.stdout.read()
    await process.wait()
    return [line.decode() for line in (first + rest).split()]


async def jobs_with(image: Path, connector: Connector) -> str:
    """Three jobs as JSON; the second begins with a picture, where the service takes one."""
    form = connector.form(await connector.catalog(), TXT2IMG, None, {})
    fields = form.with_role(Role.IMAGE)
    return json.dumps([{}, {fields[0].address: str(image)} if fields else {}, {}])


@pytest.mark.parametrize("seed", range(3))
async def test_killed_at_any_moment_every_job_ends_and_none_is_done_twice(
    site: Site, connector: Connector, tmp_path: Path, seed: int
) -> None:
    server = site.server
    before = await server.state()
    image = tmp_path / "begin.png"
    image.write_bytes(picture(*site.backend.size_px))
    jobs = await jobs_with(image, connector)
    ids = await killed_after(tmp_path / "home", site, jobs, random.Random(seed).uniform(0, 1.5))
    assert ids
    async with program.opened(tmp_path / "home", site) as opened:
        await opened.core.recovery.once()
        kept = await opened.core.history.page(opened.session_id, offset=0, limit=10)
        assert {summary.id for summary in kept} >= set(ids)
        ends = [await end_of(opened, site, connector, summary.id) for summary in kept]
        sent = (await server.state()).jobs - before.jobs
        assert sent <= len(ends)
        for end in ends:
            if end.summary.status is not Status.COMPLETE:
                # Only what the server had, and cannot give again.
                assert not connector.capabilities.recovers, end.summary.reason
                assert end.summary.status is Status.LOST
            else:
                await assert_whole(opened.core, end)
        lost = sum(end.summary.status is Status.LOST for end in ends)
        assert lost <= 1  # one at a time is sent to a server that cannot give jobs again


async def end_of(opened: Program, site: Site, connector: Connector, generation_id: str) -> Generation:
    """The end of a job.

    Who is killed between giving the word and hearing that it began leaves a job of which some servers
    cannot tell whether it runs. It is waited for until it could not run any more: a new start settles it.
    """
    try:
        return await opened.end(generation_id)
    except TimeoutError:
        assert not connector.capabilities.recovers
        assert not (await site.server.state()).unfinished
    await site.server.restart()
    return await opened.end(generation_id)


async def assert_whole(core: Core, end: Generation) -> None:
    """Its pictures are kept, and can be decoded."""
    assert end.outputs
    for output in end.outputs:
        with Image.open(io.BytesIO(await core.store.blobs.read_blob(output.hash))) as opened:
            opened.load()
