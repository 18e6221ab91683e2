"""Requests that are refused, jobs that fail, pictures that break, servers that fall silent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import Rejected
from darkroom.domain.events import Outcome
from darkroom.domain.generation import OutputKind, Status
from darkroom.domain.text import printable
from darkroom.domain.workflow import TXT2IMG
from tests.contract.driving import collect, ended, run
from tests.contract.program import opened

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.connectors.base import Connector
    from darkroom.domain.generation import Reason
    from tests.contract.site import Site

LONGEST_TITLE = 300


def readable(reason: Reason | None) -> Reason:
    """Holds a reason to what can be shown as it is."""
    assert reason is not None
    assert 0 < len(reason.title) <= LONGEST_TITLE
    assert reason.title == printable(reason.title)
    for text in (reason.detail, reason.hint):
        assert text == printable(text, keep_lines=True)
    return reason


async def test_a_refused_request_is_told_and_nothing_runs(site: Site, connector: Connector) -> None:
    server = site.server
    before = await server.state()
    await server.fault("refuse")
    prepared = await site.prepare(connector, site.backend.quick)
    with pytest.raises(Rejected) as caught:
        await collect(connector.run(prepared))
    assert caught.value.title
    assert (await server.state()).jobs == before.jobs
    asked = await site.ask(connector, site.backend.quick)
    assert (await run(connector, asked.snapshot)).outcome is Outcome.COMPLETE


async def test_a_refused_value_marks_its_field(site: Site, connector: Connector) -> None:
    if site.backend.refused is None:
        pytest.skip("the service names no field when it refuses")
    address, value = site.backend.refused
    asked = await site.ask(connector, site.backend.quick)
    with pytest.raises(Rejected) as caught:
        await run(connector, asked.snapshot.with_values({address: value}))
    assert caught.value.problems[address]


@pytest.mark.parametrize("fault", ["fail", "oom"])
async def test_a_job_that_fails_is_told_with_its_reason(site: Site, connector: Connector, fault: str) -> None:
    await site.server.fault(fault)
    end = ended(await collect(connector.run(await site.prepare(connector, site.backend.quick))))
    assert (end.outcome, end.outputs) == (Outcome.FAILED, ())
    reason = readable(end.reason)
    assert (reason.kind == "OutOfMemory") is (fault == "oom" and site.backend.tells_causes)
    asked = await site.ask(connector, site.backend.quick)
    assert (await run(connector, asked.snapshot)).outcome is Outcome.COMPLETE


async def test_half_a_picture_is_read_again_or_told(site: Site, tmp_path: Path) -> None:
    await site.server.fault("half")
    async with opened(tmp_path, site) as program:
        end = await program.end((await program.submit(site.backend.quick)).id)
    (output,) = end.outputs
    if site.backend.rereads:
        assert end.summary.status is Status.COMPLETE
        assert output.kind is OutputKind.IMAGE
    else:
        assert end.summary.status is Status.FAILED
        assert "could not be kept" in readable(end.summary.reason).title
        assert output.kind is OutputKind.FILE, "what came is kept as it is"


async def test_hostile_names_and_messages_stay_text(site: Site, connector: Connector) -> None:
    server = site.server
    await server.fault("hostile", count=-1)
    label = (await connector.probe()).label
    assert label == printable(label)
    catalog = await connector.catalog()
    assert json.loads(json.dumps(catalog.schema)) == catalog.schema
    form = connector.form(catalog, TXT2IMG, None, {})
    choices = [choice for spec in form.specs for choice in spec.choices]
    assert any("[" in choice for choice in choices)
    assert any("\x1b" in choice for choice in choices), "a name is sent as it is, or the server has no such"
    assert any(len(choice) >= 10_000 for choice in choices)
    for text in [*form.notes, *(spec.label for spec in form.specs), *(spec.section for spec in form.specs)]:
        assert text == printable(text)
    await server.fault("fail")
    asked = await site.ask(connector, site.backend.quick)
    readable((await run(connector, asked.snapshot)).reason)


async def test_a_long_silence_is_no_end(site: Site, connector: Connector) -> None:
    await site.server.fault("silence", seconds=5.5)
    events = await collect(connector.run(await site.prepare(connector, site.backend.steady)))
    assert ended(events).outcome is Outcome.COMPLETE
