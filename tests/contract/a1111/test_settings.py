"""What a job changes at the server is put back, or said; broken settings break nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.events import Outcome
from tests.contract.driving import prepare

if TYPE_CHECKING:
    from tests.contract.a1111.conftest import Own

KEY = "CLIP_stop_at_last_layers"


async def test_a_setting_that_the_server_keeps_is_put_back_and_said(own: Own) -> None:
    async with own.client() as connector:
        first = await own.make(connector, {"clip_skip": 2})
        assert first.notes == (f"The server kept {KEY} = 2 after the job; it was set back to “1”",)
        assert (await own.options())[KEY] == 1
        # It is saved now: from here on the server puts it back by itself.
        assert (await own.make(connector, {"clip_skip": 3})).notes == ()
        assert (await own.options())[KEY] == 1


async def test_with_leave_to_change_settings_nothing_is_ever_kept(own: Own) -> None:
    before = await own.options()
    async with own.client(may_change=True) as connector:
        assert (await own.make(connector, {"clip_skip": 2, "batch_size": 2})).notes == ()
    after = await own.options()
    assert {key for key in before if before[key] != after[key]} == {"show_progress_every_n_steps"}


async def test_a_setting_changed_on_the_page_meanwhile_stays(own: Own) -> None:
    async with own.client() as connector:
        asked = await own.site.ask(connector, {**own.site.backend.quick, "clip_skip": 2})
        prepared = await prepare(connector, asked.snapshot)
        await own.set_options(**{KEY: 4})
        events = [event async for event in connector.run(prepared)]
        assert events
    assert (await own.options())[KEY] == 4


async def test_while_another_job_runs_settings_are_not_believed(own: Own) -> None:
    async with own.client() as connector:
        await connector.catalog()
        await own.server.fault("busy")
        asked = await own.site.ask(connector, {**own.site.backend.quick, "clip_skip": 2})
        prepared = await prepare(connector, asked.snapshot)
        await own.server.fault("free")
        notes = [note async for event in connector.run(prepared) for note in getattr(event, "notes", ())]
    assert any("busy" in note and KEY in note for note in notes)


async def test_broken_settings_make_no_server_look_dead(own: Own) -> None:
    await own.set_options(jpeg_quality="high")
    for may_change in (False, True):
        async with own.client(may_change=may_change) as connector:
            assert (await connector.probe()).queue_remaining == 0
            assert (await connector.catalog()).schema["models"]
            made = await own.make(connector, {"clip_skip": 2})
            assert made.outcome is Outcome.COMPLETE
            assert any("cannot be read" in note and KEY in note for note in made.notes)
