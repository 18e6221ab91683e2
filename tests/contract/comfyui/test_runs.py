"""What every connector does for a run, on every server."""

from __future__ import annotations

import asyncio
import io
import json
import os
from typing import TYPE_CHECKING

import httpx
import pytest
from PIL import Image

from darkroom.connectors.comfyui.uploads import upload_name
from darkroom.domain.errors import ProtocolError, Rejected
from darkroom.domain.events import Accepted, Outcome, OutputReady, Preview, Progress, Stage
from darkroom.domain.generation import OutputRef
from darkroom.domain.parameters import Role
from tests.contract.comfyui.target import Target, node, plain, save, txt2img, workflow
from tests.contract.driving import Blobs, collect, ended, picture, prepare, read, run

if TYPE_CHECKING:
    from darkroom.connectors.base import Connector


def chunks(data: bytes) -> dict[str, str]:
    with Image.open(io.BytesIO(data)) as opened:
        opened.load()
        return {str(key): str(value) for key, value in opened.info.items()}


async def test_a_probe_tells_what_is_there(connector: Connector, target: Target) -> None:
    info = await connector.probe()
    assert info.service == target.service
    assert info.version
    assert info.is_demo is target.is_demo
    assert info.queue_remaining is not None
    assert info.devices
    assert ("no AI" in info.label) is target.is_demo


async def test_the_catalog_holds_what_was_asked_for_and_no_more(connector: Connector) -> None:
    catalog = await connector.catalog(
        {"1": node("KSampler"), "2": node("No Such/Node %"), "3": node("SaveImage")}
    )
    assert set(catalog.schema) == {"KSampler", "No Such/Node %", "SaveImage"}
    assert catalog.schema["No Such/Node %"] == {}
    assert "required" in catalog.schema["KSampler"]["input"]
    assert catalog.version == (await connector.probe()).version


async def test_a_picture_comes_into_being(connector: Connector, target: Target) -> None:
    snapshot = await txt2img(connector)
    prepared = await prepare(connector, snapshot)
    assert prepared.expected == 1
    assert prepared.server_version
    events = await collect(connector.run(prepared))
    assert isinstance(events[0], Accepted)
    assert events[0].handle["prompt_id"] == prepared.handle["prompt_id"]
    end = ended(events)
    assert (end.outcome, end.reason, end.unchanged) == (Outcome.COMPLETE, None, False)
    assert end.duration_s is not None
    assert [event.output for event in events if isinstance(event, OutputReady)] == list(end.outputs)
    stages = {event.stage for event in events if isinstance(event, Progress)}
    assert {Stage.SAMPLING, Stage.SAVING} <= stages
    steps = [(e.step, e.steps) for e in events if isinstance(e, Progress) and e.step]
    assert steps[-1] == (4, 4)
    data = await read(connector, end.outputs[0])
    assert Image.open(io.BytesIO(data)).size == (64, 64)


async def test_previews_are_pictures(connector: Connector) -> None:
    events = await collect(connector.run(await prepare(connector, await txt2img(connector, steps=8))))
    previews = [event for event in events if isinstance(event, Preview)]
    assert previews
    for preview in previews:
        with Image.open(io.BytesIO(preview.data)) as opened:
            assert opened.format == preview.media_type.partition("/")[2].upper()


async def test_the_picture_carries_the_recipe_and_no_workflow(connector: Connector) -> None:
    snapshot = await txt2img(connector)
    end = await run(connector, snapshot)
    found = chunks(await read(connector, end.outputs[0]))
    recipe = json.loads(found["darkroom"])
    assert recipe["values"]["seed"] == snapshot.values["seed"]
    assert "document" not in recipe
    assert "prompt" in found
    assert "workflow" not in found


async def test_a_ui_document_travels_as_the_workflow(connector: Connector) -> None:
    document = {"nodes": [], "links": [], "version": 0.4, "extra": {"note": "möwe"}}
    end = await run(connector, workflow(plain(s9=save()), document=json.dumps(document)))
    assert json.loads(chunks(await read(connector, end.outputs[0]))["workflow"]) == document


async def test_an_api_document_does_not_travel_as_the_workflow(connector: Connector) -> None:
    graph = plain(s9=save())
    end = await run(connector, workflow(graph, document=json.dumps(graph)))
    assert "workflow" not in chunks(await read(connector, end.outputs[0]))


async def test_a_batch_is_several_outputs_in_order(connector: Connector) -> None:
    prepared = await prepare(connector, await txt2img(connector, batch_size=3))
    assert prepared.expected == 3
    end = ended(await collect(connector.run(prepared)))
    names = [output.name for output in end.outputs]
    assert len(set(names)) == 3
    assert names == sorted(names)


async def test_the_largest_seed_arrives_whole(connector: Connector) -> None:
    end = await run(connector, await txt2img(connector, seed=2**64 - 1, prompt=f"{picture()[-20:].hex()}"))
    prompt = json.loads(chunks(await read(connector, end.outputs[0]))["prompt"])
    assert prompt["3"]["inputs"]["seed"] == 2**64 - 1


@pytest.mark.parametrize(
    "prompt",
    ["", "ein Gewölbe 🏛 «»", "[/bold] \x1b[2J", "\ud800 alone", "a" + " " * 100_000],
    ids=["empty", "unicode", "escapes", "surrogate", "100 kB"],
)
async def test_any_prompt_can_be_sent(connector: Connector, prompt: str) -> None:
    assert (
        await run(connector, await txt2img(connector, prompt=prompt, steps=1))
    ).outcome is Outcome.COMPLETE


async def test_outputs_stand_in_the_graphs_order_whichever_is_done_first(connector: Connector) -> None:
    graph = plain(s9=save("first"), s10=node("PreviewImage", images=["1", 0]), s11=save("third"))
    end = await run(connector, workflow(graph))
    assert [(output.node, output.temporary) for output in end.outputs] == [
        ("9", False),
        ("10", True),
        ("11", False),
    ]
    for output in end.outputs:
        assert Image.open(io.BytesIO(await read(connector, output))).size == (24, 16)


async def test_animations_and_text_are_outputs_too(connector: Connector) -> None:
    animation = node(
        "SaveAnimatedWEBP",
        images=["1", 0], filename_prefix="moving", fps=6.0, lossless=True, quality=80, method="default",
    )  # fmt: skip
    graph = plain(s8=animation, s9=node("PreviewAny", source="seven"))
    graph["1"]["inputs"]["batch_size"] = 2
    end = await run(connector, workflow(graph))
    moving, text = end.outputs
    assert moving.name.endswith(".webp")
    assert (text.node, await read(connector, text)) == ("9", b"seven")


async def test_a_picture_is_fed_in_and_comes_back(connector: Connector) -> None:
    blobs = Blobs()
    data = picture(40, 30)
    graph = {"1": node("LoadImage", image="example.png"), "9": save()}
    snapshot = workflow(
        graph, values={"1.image": "blob:"}, inputs={"1.image": blobs.add(data, "../My Cat.PNG")}
    )
    unchanged: list[bool] = []
    for _ in range(2):
        prepared = await prepare(connector, snapshot, blobs)
        name = prepared.request["prompt"]["1"]["inputs"]["image"]
        assert name.startswith("darkroom/darkroom-")
        assert name.endswith(".png")
        assert "Cat" not in json.dumps(prepared.request["prompt"])
        end = ended(await collect(connector.run(prepared)))
        with (
            Image.open(io.BytesIO(await read(connector, end.outputs[0]))) as made,
            Image.open(io.BytesIO(data)) as given,
        ):
            assert made.convert("RGB").tobytes() == given.convert("RGB").tobytes()
        unchanged.append(end.unchanged)
    assert unchanged == [False, True]


async def test_the_name_that_an_upload_got_is_the_one_used(connector: Connector, target: Target) -> None:
    blobs = Blobs()
    blob = blobs.add(picture(), "a.png")
    taken = {"image": (upload_name(blob), picture(8, 8), "image/png")}
    async with httpx.AsyncClient(base_url=target.url, trust_env=False) as client:
        answer = await client.post("/upload/image", files=taken, data={"subfolder": "darkroom"})
    graph = {"1": node("LoadImage", image="x.png"), "9": save()}
    snapshot = workflow(graph, values={"1.image": "blob:"}, inputs={"1.image": blob})
    prepared = await prepare(connector, snapshot, blobs)
    name = prepared.request["prompt"]["1"]["inputs"]["image"]
    assert name != f"darkroom/{answer.json()['name']}"
    end = ended(await collect(connector.run(prepared)))
    with Image.open(io.BytesIO(await read(connector, end.outputs[0]))) as made:
        assert made.size == (24, 16)


async def test_a_refusal_marks_the_field(connector: Connector) -> None:
    snapshot = await txt2img(connector, steps=0, checkpoint="nope.safetensors")
    prepared = await prepare(connector, snapshot)
    with pytest.raises(Rejected) as caught:
        await collect(connector.run(prepared))
    assert caught.value.problems == {
        "steps": "at least 1",
        "checkpoint": "the server has no “nope.safetensors”",
    }


async def test_a_refusal_of_a_graph_marks_the_inputs_address(connector: Connector) -> None:
    graph = plain(s9=save())
    graph["1"]["inputs"]["width"] = 10**9
    prepared = await prepare(connector, workflow(graph, values={"1.width": 10**9}))
    with pytest.raises(Rejected) as caught:
        await collect(connector.run(prepared))
    assert caught.value.problems == {"1.width": "at most 16384"}


async def test_a_circle_is_found_before_sending(connector: Connector) -> None:
    graph = {
        "1": node("ImageInvert", image=["2", 0]),
        "2": node("ImageInvert", image=["1", 0]),
        "9": save(),
    }
    with pytest.raises(Rejected, match="circle") as caught:
        await prepare(connector, workflow(graph))
    assert "1 → 2 → 1" in caught.value.detail


async def test_an_unknown_node_is_found_before_sending(connector: Connector) -> None:
    with pytest.raises(Rejected, match="does not have") as caught:
        await prepare(connector, workflow(plain(s9=save(), s10=node("Fancy Custom Node"))))
    assert "Fancy Custom Node (node 10)" in caught.value.detail


async def test_a_graph_without_output_is_refused_in_words(connector: Connector) -> None:
    prepared = await prepare(connector, workflow(plain()))
    with pytest.raises(Rejected, match="no output"):
        await collect(connector.run(prepared))


async def test_a_failing_node_ends_the_run_with_its_reason(connector: Connector) -> None:
    blobs = Blobs()
    graph = {"1": node("LoadImage", image="x.png"), "9": save()}
    snapshot = workflow(
        graph, values={"1.image": "blob:"}, inputs={"1.image": blobs.add(b"no picture", "a.png")}
    )
    end = await run(connector, snapshot, blobs)
    assert end.outcome is Outcome.FAILED
    assert end.reason is not None
    assert "LoadImage (node 1)" in end.reason.title


async def test_a_file_that_is_not_there_is_told(connector: Connector) -> None:
    gone = OutputRef("gone.png", {"filename": "gone.png", "subfolder": "", "type": "output"})
    with pytest.raises(ProtocolError, match="does not have this file"):
        await read(connector, gone)


async def test_the_pictures_of_a_graph_are_counted_beforehand(connector: Connector) -> None:
    graph = plain(s9=save(), s10=node("PreviewImage", images=["1", 0]))
    graph["1"]["inputs"]["batch_size"] = 3
    assert (await prepare(connector, workflow(graph))).expected == 6
    assert (await prepare(connector, workflow(plain(s9=node("PreviewAny", source="x"))))).expected is None


async def test_two_runs_at_once_keep_their_events_apart(connector: Connector) -> None:
    prepared = [await prepare(connector, await txt2img(connector)) for _ in range(3)]
    ends = [ended(events) for events in await asyncio.gather(*(collect(connector.run(p)) for p in prepared))]
    assert {end.outcome for end in ends} == {Outcome.COMPLETE}
    assert len({end.outputs[0].name for end in ends}) == 3


async def test_roles_of_the_form_are_those_of_the_snapshot(connector: Connector) -> None:
    snapshot = await txt2img(connector)
    assert {Role.PROMPT, Role.SEED, Role.CHECKPOINT} <= set(snapshot.roles.values())


def noise(width: int, height: int) -> bytes:
    """A PNG that does not compress: larger than most limits for one frame."""
    made = Image.frombytes("RGB", (width, height), os.urandom(width * height * 3))
    written = io.BytesIO()
    made.save(written, "PNG")
    return written.getvalue()


async def test_pictures_sent_through_the_socket_are_kept(connector: Connector) -> None:
    blobs = Blobs()
    data = noise(900, 800)
    assert len(data) > 2**21
    graph = {
        "1": node("LoadImage", image="x.png"),
        "2": node("ImageInvert", image=["1", 0]),
        "9": node("SaveImageWebsocket", images=["2", 0]),
    }
    snapshot = workflow(graph, values={"1.image": "blob:"}, inputs={"1.image": blobs.add(data, "a.png")})
    events = await collect(connector.run(await prepare(connector, snapshot, blobs)))
    end = ended(events)
    assert (end.outcome, end.notes, end.unchanged) == (Outcome.COMPLETE, (), False)
    (output,) = end.outputs
    assert [event.output for event in events if isinstance(event, OutputReady)] == [output]
    assert (output.node, output.temporary, output.name) == ("9", True, "websocket-9-00001.png")
    with Image.open(io.BytesIO(await read(connector, output))) as made, Image.open(io.BytesIO(data)) as given:
        # A node computes with floats and cuts: a value may be one less.
        pairs = zip(made.tobytes(), given.tobytes(), strict=True)
        assert all(255 - after - before in (0, 1) for after, before in pairs)


async def test_a_batch_through_the_socket_is_counted(connector: Connector) -> None:
    graph = plain(s9=node("SaveImageWebsocket", images=["1", 0]), s10=save())
    graph["1"]["inputs"]["batch_size"] = 3
    end = await run(connector, workflow(graph))
    assert [output.node for output in end.outputs] == ["9"] * 3 + ["10"] * 3
    assert len({str(output.locator) for output in end.outputs}) == 6


async def test_pictures_sent_while_nobody_listened_are_missed_out_loud(connector: Connector) -> None:
    prepared = await prepare(connector, workflow(plain(s9=node("SaveImageWebsocket", images=["1", 0]))))
    await collect(connector.run(prepared))
    end = ended(await collect(connector.resume(prepared.handle)))
    assert end.outputs == ()
    assert "nobody listened" in end.notes[0]


async def test_an_output_that_the_server_leaves_out_is_named(connector: Connector) -> None:
    graph = plain(s9=save(), s20=node("SaveImage", filename_prefix="bad"))
    events = await collect(connector.run(await prepare(connector, workflow(graph))))
    end = ended(events)
    assert (end.outcome, [output.node for output in end.outputs]) == (Outcome.COMPLETE, ["9"])
    assert end.notes == ("SaveImage (node 20) was left out by the server: images: needed",)
    assert isinstance(events[0], Accepted)
    assert ended(await collect(connector.resume(events[0].handle))).notes == end.notes
