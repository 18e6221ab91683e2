"""Templates in a batch's prompts: text, drawn, or all of them; and what cannot be used."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.batch.promptlist import read_list
from darkroom.domain.batch.sweep import parse_axis
from darkroom.domain.errors import InputError
from darkroom.domain.parameters import Role
from darkroom.domain.workflow import BUILT_IN
from darkroom.services.batches import Templating, Wanted
from tests.services.batching import BASE, composed, of_role, snapshots_of

if TYPE_CHECKING:
    from darkroom.domain.snapshot import Snapshot
    from darkroom.services.core import Core
    from tests.servers.comfyui import ComfyServer


async def test_templates_are_text_unless_they_are_wanted(core: Core, server: ComfyServer) -> None:
    batch = await composed(core, server, 'prompt="a {red|blue} boat","__nothing__"')
    found = await snapshots_of(core, batch)
    assert of_role(found, Role.PROMPT) == ["a {red|blue} boat", "__nothing__"]
    assert all(not snapshot.typed for snapshot in found)


def write_wildcards(core: Core) -> None:
    folder = core.paths.wildcards
    (folder / "animals").mkdir(parents=True)
    (folder / "colour.txt").write_text("# three\nred\n\ngreen\n{dark|light} blue\n", encoding="utf-8")
    (folder / "animals" / "cat.txt").write_text("lynx\nmanul\n", encoding="utf-8")
    (folder / "loop.txt").write_text("x\n__loop__\n", encoding="utf-8")
    (folder / "empty.txt").write_text("# nothing\n", encoding="utf-8")
    (folder / "bad.txt").write_text("fine\n{a|b\n", encoding="utf-8")
    (folder / "latin.txt").write_bytes(b"fine\nm\xfcll\n")


async def test_all_prompts_of_a_template_are_an_axis(core: Core, server: ComfyServer) -> None:
    write_wildcards(core)
    session = await core.sessions.last()
    values = {**BASE, "prompt": "a __colour__ boat", "negative": "{fog|}", "seed": 1}
    wanted = Wanted(axes=(parse_axis("steps=1,2"),), templates=Templating.ALL)
    batch = await core.batches.compose(session.id, server.url, BUILT_IN, values, wanted)
    found = await snapshots_of(core, batch)
    assert [axis.name for axis in batch.plan.axes] == ["steps", "prompt", "negative"]
    boats = [f"a {colour} boat" for colour in ("red", "green", "dark blue", "light blue")]
    assert of_role(found, Role.PROMPT) == [boat for _ in (1, 2) for boat in boats for _ in (1, 2)]
    assert of_role(found, Role.NEGATIVE) == ["fog", ""] * 8
    assert all(
        dict(snapshot.typed) == {"prompt": "a __colour__ boat", "negative": "{fog|}"} for snapshot in found
    )
    remembered = await core.forms.open(session.id, server.url, BUILT_IN)
    assert remembered.values()["prompt"] == "a __colour__ boat"


async def test_the_lines_of_a_list_may_be_templates(core: Core, server: ComfyServer) -> None:
    write_wildcards(core)
    data = b'{"prompt": "{a|b} __animals/cat__", "seed": 1}\n{"seed": 2}\n{"prompt": "plain", "seed": 3}\n'
    session = await core.sessions.last()
    values = {**BASE, "prompt": "{c|d}"}
    wanted = Wanted(axes=(read_list(data, "x.jsonl"),), templates=Templating.ALL)
    batch = await core.batches.compose(session.id, server.url, BUILT_IN, values, wanted)
    found = await snapshots_of(core, batch)
    prompts = ["a lynx", "a manul", "b lynx", "b manul", "c", "d", "plain"]
    assert of_role(found, Role.PROMPT) == prompts
    assert of_role(found, Role.SEED) == [1, 1, 1, 1, 2, 2, 3]
    assert [dict(snapshot.typed) for snapshot in found[-3:]] == [{"prompt": "{c|d}"}, {"prompt": "{c|d}"}, {}]


async def test_what_is_drawn_is_kept_and_repeatable(core: Core, server: ComfyServer) -> None:
    write_wildcards(core)
    session = await core.sessions.last()
    values = {**BASE, "prompt": "{a|b|c|d} __colour__ (mist:1.2)", "negative": "plain"}

    async def drawn(seed: int) -> list[Snapshot]:
        wanted = Wanted(count=20, templates=Templating.DRAW, draw_seed=seed)
        batch = await core.batches.compose(session.id, server.url, BUILT_IN, values, wanted)
        return await snapshots_of(core, batch)

    first, again, other = await drawn(1), await drawn(1), await drawn(2)
    prompts = of_role(first, Role.PROMPT)
    assert prompts == of_role(again, Role.PROMPT) != of_role(other, Role.PROMPT)
    assert len(set(prompts)) > 5
    assert all(str(prompt).endswith(" (mist:1.2)") for prompt in prompts)
    assert all(dict(snapshot.typed) == {"prompt": values["prompt"]} for snapshot in first)


@pytest.mark.parametrize(
    ("prompt", "says"),
    [
        ("__colur__", "Did you mean __colour__?"),
        ("__loop__", "back to itself"),
        ("__empty__", "is empty"),
        ("__bad__", "bad.txt, line 2: A brace is never closed"),
        ("__latin__", "latin.txt is not UTF-8"),
        ("{a|b", "never closed"),
        ("{0|1|2|3|4|5|6|7|8|9}" * 5, "100,000 prompts"),
    ],
)
async def test_templates_that_cannot_be_used_are_told(
    core: Core, server: ComfyServer, prompt: str, says: str
) -> None:
    write_wildcards(core)
    started = time.process_time()
    with pytest.raises(InputError) as caught:
        await composed(core, server, f'prompt="{prompt}"', templates=Templating.ALL)
    assert says in "\n".join(caught.value.lines())
    assert time.process_time() - started < 10


async def test_wildcards_are_listed(core: Core) -> None:
    batches = core.batches
    assert await batches.wildcards.names() == ()
    write_wildcards(core)
    assert await batches.wildcards.names() == ("animals/cat", "bad", "colour", "empty", "latin", "loop")


async def test_thousands_of_templates_share_what_is_known_of_their_files(
    core: Core, server: ComfyServer
) -> None:
    folder = core.paths.wildcards
    folder.mkdir()
    (folder / "many.txt").write_text("".join(f"{{a|b}} {n}\n" for n in range(20_000)), encoding="utf-8")
    lines = "".join(f"line {n} __many__ {{2$$__many__}}\n" for n in range(3_000)).encode()
    session = await core.sessions.last()
    # The time that this process works, and not what others on the machine take from it.
    started = time.process_time()
    wanted = Wanted(axes=(read_list(lines, "list"),), templates=Templating.DRAW)
    batch = await core.batches.compose(session.id, server.url, BUILT_IN, BASE, wanted)
    assert len(batch.plan) == 3_000
    assert time.process_time() - started < 10


async def test_prompts_that_come_out_alike_stay_jobs_of_their_own(core: Core, server: ComfyServer) -> None:
    data = b'{"prompt": "3: a", "seed": 1}\n{"prompt": "{a|b}", "seed": 2}\n{"prompt": "{a|c}", "seed": 3}\n'
    session = await core.sessions.last()
    wanted = Wanted(axes=(read_list(data, "x.jsonl"),), templates=Templating.ALL)
    batch = await core.batches.compose(session.id, server.url, BUILT_IN, BASE, wanted)
    (axis,) = batch.plan.axes
    assert len(set(axis.labels)) == len(batch.plan) == 5
    assert of_role(await snapshots_of(core, batch), Role.PROMPT) == ["3: a", "a", "b", "a", "c"]
