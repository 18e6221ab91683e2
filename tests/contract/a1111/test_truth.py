"""What the server did otherwise is said on the generation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from darkroom.domain.events import Ended, Outcome
from darkroom.domain.parameters import SEED_MAX, Role
from tests.contract.driving import collect, ended, picture, prepare

if TYPE_CHECKING:
    from tests.contract.a1111.conftest import Own


async def test_replaced_names_are_said(own: Own) -> None:
    values = {"sampler": "k_euler_a", "scheduler": "karras?", "checkpoint": "gone", "lora": "missing"}
    async with own.client() as connector:
        made = await own.make(connector, {**values, "style": "no such style"})
    assert made.outcome is Outcome.COMPLETE
    for word in ("sampler “k_euler_a”", "scheduler “karras?”", "checkpoint “gone”", "“missing”", "styles"):
        assert any(word in note for note in made.notes), (word, made.notes)


async def test_what_is_as_asked_is_not_worth_a_word(own: Own) -> None:
    values = {"sampler": "Euler a", "scheduler": "Karras", "checkpoint": "random-sd15", "lora": "random-lora"}
    async with own.client() as connector:
        made = await own.make(connector, {**values, "style": "lab-photo", "seed": SEED_MAX})
    assert made.notes == ()


async def test_sizes_are_told_as_they_came(own: Own) -> None:
    async with own.client() as connector:
        made = await own.make(connector, {"width": 130, "height": 100})
    assert made.notes == ("Asked for 130×100, the picture is 128×96",)


async def test_a_control_map_is_no_picture(own: Own) -> None:
    async with own.client() as connector:
        asked = {"controlnet": "blob:" + "0" * 64, "controlnet_module": "canny"}
        catalog = await connector.catalog()
        form = connector.form(catalog, "txt2img", None, asked)
        assert form.get("controlnet_module") is not None
        given = await own.site.ask(connector, own.site.backend.quick)
        blob = given.blobs.add(picture())
        values = {**given.snapshot.values, "controlnet": f"blob:{blob.hash}", "controlnet_module": "canny"}
        prepared = await connector.prepare("an-id", given.snapshot.with_values(values), given.blobs)
        end = ended(await collect(connector.run(prepared)))
    assert [output.node for output in end.outputs] == ["", "control map"]


@pytest.mark.parametrize(("form", "magic"), [("jpg", b"\xff\xd8\xff"), ("webp", b"RIFF")])
async def test_pictures_come_in_the_servers_format(own: Own, form: str, magic: bytes) -> None:
    await own.set_options(samples_format=form)
    async with own.client(may_change=True) as connector:
        asked = await own.site.ask(connector, {**own.site.backend.quick, "sampler": "nope"})
        prepared = await prepare(connector, asked.snapshot)
        made = ended(await collect(connector.run(prepared)))
        found = await connector.inspect(prepared.handle)
    (output,) = made.outputs
    assert output.name == f"picture-01.{form}"
    assert output.spooled is not None
    assert output.spooled.startswith(magic)
    for end in (made, found):
        assert isinstance(end, Ended)
        assert any("nope" in note for note in end.notes), "the picture tells it, from the folder too"


async def test_what_begins_with_a_picture_is_compared_too(own: Own) -> None:
    async with own.client() as connector:
        made = await own.make(connector, {"denoise": 0.5, "sampler": "nope"}, {Role.IMAGE: picture()})
    assert any("nope" in note for note in made.notes)
