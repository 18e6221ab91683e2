"""The program is killed (-9) in the middle, and started again: every job ends, none is done twice.

At random moments, and with more that goes wrong, `tests/torture` does it.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image

from darkroom.domain.generation import Status
from darkroom.domain.parameters import Role
from darkroom.domain.workflow import TXT2IMG
from tests.contract import program
from tests.contract.driving import picture
from tests.services.killing import killed_after

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.connectors.base import Connector
    from darkroom.domain.generation import Generation
    from darkroom.domain.parameters import Values
    from darkroom.services.core import Core
    from tests.contract.program import Program
    from tests.contract.site import Site


KILLED_AFTER_S = 0.6


async def jobs_with(image: Path, site: Site, connector: Connector) -> list[Values]:
    """Three jobs; the second begins with a picture, where the service takes one."""
    form = connector.form(await connector.catalog(), TXT2IMG, None, {})
    fields = form.with_role(Role.IMAGE)
    base = {"prompt": "a cat on a roof", **site.backend.quick}
    return [base, {**base, fields[0].address: str(image)} if fields else base, base]


async def test_killed_in_the_middle_every_job_ends_and_none_is_done_twice(
    site: Site, connector: Connector, tmp_path: Path
) -> None:
    server = site.server
    before = await server.state()
    image = tmp_path / "begin.png"
    image.write_bytes(picture(*site.backend.size_px))
    jobs = await jobs_with(image, site, connector)
    async with program.opened(tmp_path / "home", site):
        pass  # the profile is kept
    ids = await killed_after(tmp_path / "home", "test", jobs, KILLED_AFTER_S)
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
