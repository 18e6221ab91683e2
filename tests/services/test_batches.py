"""Batches: every value checked before anything is kept, and each job exactly as it was planned."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from darkroom.domain.batch.axis import PROFILE
from darkroom.domain.batch.promptlist import read_list
from darkroom.domain.batch.sweep import parse_axis
from darkroom.domain.errors import InputError, Rejected
from darkroom.domain.generation import OutputKind
from darkroom.domain.parameters import Role
from darkroom.domain.profile import address_name
from darkroom.domain.service import A1111, COMFYUI
from darkroom.domain.workflow import BUILT_IN
from darkroom.images.check import check
from darkroom.services.batches import UnfitValues, Wanted
from tests.servers.a1111 import A1111Server
from tests.servers.process import running
from tests.services.batching import BASE, composed, of_role, snapshots_of
from tests.services.conftest import opened_core

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.domain.parameters import Value
    from darkroom.services.core import Core
    from tests.servers.comfyui import ComfyServer


async def test_a_sweep_becomes_jobs_that_differ_in_nothing_else(core: Core, server: ComfyServer) -> None:
    batch = await composed(core, server, "cfg=5,7.5", "steps=2..4")
    found = await snapshots_of(core, batch)
    assert list(zip(of_role(found, Role.CFG_SCALE), of_role(found, Role.STEPS), strict=True)) == [
        (cfg, steps) for cfg in (5.0, 7.5) for steps in (2, 3, 4)
    ]
    assert len(set(map(str, of_role(found, Role.SEED)))) == 1
    same = [snapshot.with_values({"cfg_scale": 0.0, "steps": 0}) for snapshot in found]
    assert all(snapshot == same[0] for snapshot in same)
    assert batch.plan.title == "cfg × steps, 6 jobs"


async def test_a_job_of_a_batch_is_the_job_that_would_be_sent_alone(core: Core, server: ComfyServer) -> None:
    batch = await composed(core, server, "steps=3", "sampler=DPMPP_2M", "seed=41")
    (made,) = await snapshots_of(core, batch)
    session = await core.sessions.last()
    values: dict[str, Value] = {**BASE, "steps": 3, "sampler": "dpmpp_2m", "seed": 41}
    alone = await core.generations.submit(session.id, server.url, BUILT_IN, values)
    await core.generations.wait(alone.id)
    assert (await core.history.get(alone.id)).snapshot == made


async def test_a_batch_runs_to_its_pictures(core: Core, server: ComfyServer) -> None:
    batch = await composed(core, server, "steps=1,2", count=2)
    added = await core.batches.add(batch)
    jobs = await core.store.batches.jobs(added.id)
    ends = [await core.generations.wait(job.generation_id) for job in jobs]
    assert [end.status.value for end in ends] == ["complete"] * 4
    assert [end.steps for end in ends] == [1, 1, 2, 2]
    first = int(ends[0].seed)
    assert [int(end.seed) - first for end in ends] == [0, 1, 0, 1]


async def test_count_goes_up_from_the_seed_of_the_form(core: Core, server: ComfyServer) -> None:
    session = await core.sessions.last()
    wanted = Wanted(count=3)
    batch = await core.batches.compose(session.id, server.url, BUILT_IN, {**BASE, "seed": 7}, wanted)
    assert of_role(await snapshots_of(core, batch), Role.SEED) == [7, 8, 9]
    values = {**BASE, "seed": 2**64 - 1}
    with pytest.raises(InputError, match="do not fit"):
        await core.batches.compose(session.id, server.url, BUILT_IN, values, wanted)


async def test_each_job_may_draw_a_seed_of_its_own(core: Core, server: ComfyServer) -> None:
    found = await snapshots_of(core, await composed(core, server, "steps=1..5", own_seeds=True))
    assert len(set(map(str, of_role(found, Role.SEED)))) == 5


async def test_values_that_do_not_fit_are_all_told_and_nothing_is_kept(
    core: Core, server: ComfyServer
) -> None:
    with pytest.raises(UnfitValues) as caught:
        await composed(core, server, "steps=0,20,99999", "sampler=euler,eulr,nonsense", "cfg=7,x", count=2)
    assert {(unfit.axis, unfit.label) for unfit in caught.value.unfit} == {
        ("steps", "0"),
        ("steps", "99999"),
        ("sampler", "eulr"),
        ("sampler", "nonsense"),
        ("cfg", "x"),
    }
    assert "steps 0: at least 1" in caught.value.detail
    assert "Did you mean euler" in caught.value.detail
    session = await core.sessions.last()
    assert await core.store.batches.of_session(session.id) == ()
    assert await core.store.generations.count(session.id) == 0


async def test_one_value_that_does_not_fit_is_the_title(core: Core, server: ComfyServer) -> None:
    with pytest.raises(UnfitValues, match=r"width 5: at least 16"):
        await composed(core, server, "width=5")


async def test_a_value_that_could_be_several_names_them(core: Core, server: ComfyServer) -> None:
    with pytest.raises(UnfitValues, match=r"sampler dpmpp: it could be dpmpp_\w+, "):
        await composed(core, server, "sampler=dpmpp")


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        (("stps=1,2",), "there is no such field. Did you mean steps"),
        (("cfg=1,2", "cfg_scale=3,4"), "are the same field"),
        (("seed=1,2",), "is set by two axes"),
        (("vae=none", 'VAE=""'), "“vae” is the same field"),
    ],
)
async def test_names_that_do_not_fit_are_told(
    core: Core, server: ComfyServer, texts: tuple[str, ...], says: str
) -> None:
    with pytest.raises(InputError) as caught:
        await composed(core, server, *texts, count=2)
    assert says in "\n".join(caught.value.lines())


async def test_what_is_wrong_in_the_form_itself_is_told_by_its_field(core: Core, server: ComfyServer) -> None:
    session = await core.sessions.last()
    values = {**BASE, "width": 5, "steps": 0}
    wanted = Wanted(axes=(parse_axis("steps=1,2"),))
    with pytest.raises(Rejected) as caught:
        await core.batches.compose(session.id, server.url, BUILT_IN, values, wanted)
    assert list(caught.value.problems) == ["width"]


async def test_what_only_some_lines_set_must_be_right_for_the_others(core: Core, server: ComfyServer) -> None:
    session = await core.sessions.last()
    values = {**BASE, "steps": 0}
    both = Wanted(axes=(read_list(b'{"steps": 1}\n{"steps": 2}\n', "x.jsonl"),))
    assert len((await core.batches.compose(session.id, server.url, BUILT_IN, values, both)).plan) == 2
    one = Wanted(axes=(read_list(b'{"steps": 1}\n{"seed": 2}\n', "x.jsonl"),))
    with pytest.raises(Rejected) as caught:
        await core.batches.compose(session.id, server.url, BUILT_IN, values, one)
    assert list(caught.value.problems) == ["steps"]


async def test_a_value_that_brings_a_field_may_stand_beside_that_field(
    core: Core, server: ComfyServer
) -> None:
    session = await core.sessions.last()
    state = await core.forms.refresh(await core.forms.open(session.id, server.url, BUILT_IN))
    (lora,) = state.form.with_role(Role.LORA)
    names = lora.choices[:2]
    batch = await composed(core, server, "lora_strength=0.5,1", f"lora={names[0]},{names[1]}", "steps=1,2")
    found = await snapshots_of(core, batch)
    assert [axis.name for axis in batch.plan.axes] == ["lora", "lora_strength", "steps"]
    assert of_role(found, Role.LORA) == [names[0]] * 4 + [names[1]] * 4
    assert of_role(found, Role.LORA_STRENGTH) == [0.5, 0.5, 1.0, 1.0] * 2


async def test_the_costly_axis_is_outermost(core: Core, server: ComfyServer) -> None:
    session = await core.sessions.last()
    state = await core.forms.refresh(await core.forms.open(session.id, server.url, BUILT_IN))
    (spec,) = state.form.with_role(Role.CHECKPOINT)
    first, second = spec.choices[:2]
    batch = await composed(core, server, "steps=1,2", f"checkpoint={first},{second}")
    assert of_role(await snapshots_of(core, batch), Role.CHECKPOINT) == [first, first, second, second]


async def test_servers_may_be_an_axis(core: Core, server: ComfyServer) -> None:
    batch = await composed(core, server, "steps=1,2", f'{PROFILE}="{server.url}","{server.url}/"', count=2)
    found = await snapshots_of(core, batch)
    assert [snapshot.profile for snapshot in found] == [server.url] * 4 + [f"{server.url}/"] * 4
    seeds = of_role(found, Role.SEED)
    assert seeds[:4] == seeds[4:]


async def test_a_prompt_list_sets_what_its_lines_say(core: Core, server: ComfyServer) -> None:
    data = b'{"prompt": "fog", "seed": 5}\n{"prompt": "rain", "steps": "3", "negative": "sun"}\n'
    session = await core.sessions.last()
    wanted = Wanted(axes=(read_list(data, "list.jsonl"),))
    batch = await core.batches.compose(session.id, server.url, BUILT_IN, {**BASE, "seed": 9}, wanted)
    fog, rain = await snapshots_of(core, batch)
    assert (fog.first(Role.PROMPT), fog.first(Role.SEED), fog.first(Role.STEPS)) == ("fog", 5, 2)
    assert (rain.first(Role.PROMPT), rain.first(Role.SEED), rain.first(Role.STEPS)) == ("rain", 9, 3)
    assert rain.first(Role.NEGATIVE) == "sun"


async def test_a_number_is_no_yes_or_no(core: Core, server: ComfyServer) -> None:
    huge = b"9" * 400
    data = b'{"steps": 1, "seed": 1}\n{"steps": true, "seed": 1.0, "cfg": ' + huge + b"}\n"
    session = await core.sessions.last()
    with pytest.raises(UnfitValues) as caught:
        await core.batches.compose(
            session.id, server.url, BUILT_IN, BASE, Wanted(axes=(read_list(data, "x.jsonl"),))
        )
    assert [(unfit.name, unfit.label[:2]) for unfit in caught.value.unfit] == [
        ("steps", "2:"),
        ("seed", "2:"),
        ("cfg", "2:"),
    ]


async def test_a_forecast_goes_by_what_was_measured(tmp_path: Path, server: ComfyServer) -> None:
    async with opened_core(tmp_path / "home") as core:
        batches = core.batches
        unknown = await composed(core, server, "steps=1,2", "width=64,128")
        forecast = await batches.forecast(unknown)
        assert (forecast.jobs, forecast.seconds, forecast.unmeasured) == (4, None, 4)
        session = await core.sessions.last()
        one = await core.generations.submit(session.id, server.url, BUILT_IN, BASE)
        took_s = (await core.generations.wait(one.id)).duration_s
        assert took_s is not None
        forecast = await batches.forecast(unknown)
        assert (forecast.jobs, forecast.unmeasured) == (4, 2)
        assert forecast.seconds == pytest.approx(2 * took_s)


async def test_a_batch_is_exported_as_one_labelled_picture(
    core: Core, server: ComfyServer, tmp_path: Path
) -> None:
    batch = await composed(core, server, "cfg=5,7", "steps=1,2")
    added = await core.batches.add(batch)
    waiting = await core.exports.sheet(added, tmp_path / "first.png")
    jobs = await core.store.batches.jobs(added.id)
    for job in jobs:
        await core.generations.wait(job.generation_id)
    done = await core.exports.sheet(added, tmp_path / "sheets")
    assert done == tmp_path / "sheets" / "cfg × steps, 4 jobs.png"
    assert check(waiting, waiting.name).kind is OutputKind.IMAGE
    with Image.open(done) as sheet:
        colours = {sheet.getpixel((sheet.width - 40 - 68 * n, sheet.height - 40)) for n in (0, 1)}
        assert len(colours) == 2
        assert sheet.width < 400
    assert (await core.exports.sheet(added, tmp_path / "first.png")).name == "first-2.png"


async def test_ten_thousand_jobs_are_composed_at_once_and_kept(core: Core, server: ComfyServer) -> None:
    started = time.perf_counter()
    batch = await composed(core, server, "steps=1..100", count=100)
    assert time.perf_counter() - started < 5
    added = await core.batches.add(batch, paused=True)
    assert added.size == 10_000
    assert len(await core.store.batches.jobs(added.id)) == 10_000


async def test_servers_of_several_services_each_get_their_own_words(
    core: Core, server: ComfyServer, tmp_path: Path
) -> None:
    async with running(A1111Server(tmp_path / "forge")) as forge:
        other = address_name(A1111, forge.url)
        batch = await composed(
            core, server, "sampler=euler,dpmpp_2m", "cfg=5.5", f'profile="{other}","{server.url}"', count=2
        )
        found = await snapshots_of(core, batch)
    assert [(made.service, made.first(Role.SAMPLER)) for made in found[::2]] == [
        (A1111, "Euler"),
        (A1111, "DPM++ 2M"),
        (COMFYUI, "euler"),
        (COMFYUI, "dpmpp_2m"),
    ]
    for role, value in ((Role.PROMPT, "a quiet harbour"), (Role.WIDTH, 64), (Role.CFG_SCALE, 5.5)):
        assert of_role(found, role) == [value] * 8
    seeds = of_role(found, Role.SEED)
    assert seeds == seeds[:2] * 4
    assert int(str(seeds[1])) == int(str(seeds[0])) + 1


async def test_a_group_shares_the_work(tmp_path: Path, server: ComfyServer) -> None:
    home = tmp_path / "home"
    (home / "config").mkdir(parents=True)
    profiles = "".join(f'[profiles.{name}]\nurl = "{server.url}"\n' for name in ("a", "b"))
    (home / "config" / "config.toml").write_text(f'{profiles}[groups.farm]\nprofiles = ["a", "b"]\n')
    async with opened_core(home) as core:
        session = await core.sessions.last()
        took_s = []
        for name in ("a", "b"):
            one = await core.generations.submit(session.id, name, BUILT_IN, BASE)
            took_s.append((await core.generations.wait(one.id)).duration_s or 0)
        wanted = Wanted(axes=(parse_axis("cfg=1..10"),))
        batch = await core.batches.compose(session.id, "farm", BUILT_IN, BASE, wanted)
        forecast = await core.batches.forecast(batch)
        assert forecast.seconds == pytest.approx(10 / sum(1 / seconds for seconds in took_s))
        assert {snapshot.profile for snapshot in await snapshots_of(core, batch)} == {"farm"}
