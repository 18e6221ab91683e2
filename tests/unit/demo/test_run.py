"""Runs over real sockets: the frames in their order, the files, the history, errors."""

from __future__ import annotations

import json
import struct
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from tests.unit.demo.driving import FLAGS, ended, graph, hear, listen, submit

if TYPE_CHECKING:
    import httpx

    from tests.servers.comfyui import ComfyServer


async def test_a_run_tells_everything_in_the_recorded_order(
    server: ComfyServer, client: httpx.AsyncClient
) -> None:
    async with listen(server, "me") as socket:
        await socket.send(FLAGS)
        body = {
            "prompt": graph(),
            "client_id": "me",
            "prompt_id": "job",
            "extra_data": {"extra_pnginfo": {"x": 1}},
        }
        answer = (await client.post("/prompt", json=body)).json()
        assert answer == {"prompt_id": "job", "number": 0, "node_errors": {}}
        heard = await hear(socket, "job")

    events = [event for event, _ in heard if event not in ("status", "feature_flags")]
    step = ["progress_state", "binary 4", "progress"]
    node = ["progress_state", "executing", "progress_state"]
    assert events == [
        *("execution_start", "execution_cached"),
        *node * 4,
        *("progress_state", "executing", *step * 2, "progress_state"),
        *node,
        *("progress_state", "executing", "executed", "progress_state"),
        *("execution_success", "executing"),
    ]
    executed = next(data for event, data in heard if event == "executed")
    shown = executed["output"]["images"][0]
    assert shown == {"filename": "lab_00001_.png", "subfolder": "", "type": "output"}

    entry = (await client.get("/history/job")).json()["job"]
    assert entry["outputs"] == {"9": executed["output"]}
    assert entry["status"]["status_str"] == "success"
    picture = Image.open(BytesIO((await client.get("/view", params=shown)).content))
    assert picture.size == (64, 64)
    assert json.loads(picture.text["prompt"]) == graph()  # type: ignore[attr-defined]
    assert picture.text["x"] == "1"  # type: ignore[attr-defined]


async def test_previews_are_512_wide_and_say_whose_they_are_when_asked_to(
    server: ComfyServer, client: httpx.AsyncClient
) -> None:
    previews = {}
    for name, flags in (("with", True), ("without", False)):
        async with listen(server, name) as socket:
            if flags:
                await socket.send(FLAGS)
            await submit(client, graph(seed=int(flags)), name, client_id=name)
            heard = await hear(socket, name)
        previews[flags] = next(data for event, data in heard if event.startswith("binary"))
    assert previews[False][:8] == struct.pack(">II", 1, 1)
    length = struct.unpack(">I", previews[True][4:8])[0]
    metadata = json.loads(previews[True][8 : 8 + length])
    assert (metadata["node_id"], metadata["prompt_id"]) == ("3", "with")
    for picture in (previews[False][8:], previews[True][8 + length :]):
        assert Image.open(BytesIO(picture)).size == (512, 512)


async def test_an_identical_job_makes_no_new_file(server: ComfyServer, client: httpx.AsyncClient) -> None:
    renumbered = json.loads(json.dumps(graph()).replace('"9"', '"90"').replace('"4"', '"40"'))
    heard: list[tuple[str, Any]] = []
    async with listen(server, "me") as socket:
        for prompt_id, prompt in (("first", graph()), ("second", renumbered)):
            await submit(client, prompt, prompt_id, client_id="me")
            heard = await hear(socket, prompt_id)
    events = [event for event, _ in heard if event != "status"]
    assert events == [
        *("execution_start", "execution_cached", "executed", "progress_state"),
        *("execution_success", "executing"),
    ]
    history = (await client.get("/history")).json()
    assert history["first"]["outputs"]["9"] == history["second"]["outputs"]["90"]
    assert len(list((server.home / "demo" / "output").iterdir())) == 1


async def test_only_the_previous_graph_is_remembered(client: httpx.AsyncClient) -> None:
    for prompt_id, seed in (("a", 1), ("b", 2), ("c", 1)):
        await submit(client, graph(seed=seed), prompt_id)
    names = [(await ended(client, i))["outputs"]["9"]["images"][0]["filename"] for i in "abc"]
    assert names == ["lab_00001_.png", "lab_00002_.png", "lab_00003_.png"]


async def test_one_bad_output_is_dropped_and_the_other_keeps_its_picture(client: httpx.AsyncClient) -> None:
    prompt = graph()
    prompt["20"] = {
        "class_type": "SaveImage",
        "inputs": {"filename_prefix": "../../evil", "images": ["8", 0]},
    }
    await submit(client, prompt, "job")
    entry = await ended(client, "job")
    assert entry["status"]["status_str"] == "error"
    name, data = entry["status"]["messages"][-1]
    assert (name, data["node_id"], data["node_type"]) == ("execution_error", "20", "SaveImage")
    assert "outside the output folder" in data["exception_message"]
    assert list(entry["outputs"]) == ["9"]


async def test_a_class_that_the_demo_cannot_run_is_refused_by_name(client: httpx.AsyncClient) -> None:
    known = (await client.get("/object_info/ImageBatch")).json()
    assert known, "the class must be offered for the test to mean anything"
    prompt = graph()
    prompt["10"] = {"class_type": "ImageBatch", "inputs": {"image1": ["8", 0], "image2": ["8", 0]}}
    prompt["9"]["inputs"]["images"] = ["10", 0]
    await submit(client, prompt, "job")
    data = (await ended(client, "job"))["status"]["messages"][-1][1]
    assert data["exception_message"].startswith("The demo server cannot run ImageBatch")


@pytest.mark.parametrize(
    ("saver", "inputs", "kind", "suffix"),
    [
        ("PreviewImage", {}, "temp", ".png"),
        (
            "SaveAnimatedWEBP",
            {"filename_prefix": "a/b", "fps": 6.0, "lossless": True, "quality": 80, "method": "fastest"},
            "output",
            ".webp",
        ),
    ],
)
async def test_other_outputs_are_shown_under_images(
    client: httpx.AsyncClient, saver: str, inputs: dict[str, Any], kind: str, suffix: str
) -> None:
    prompt = graph()
    prompt["5"]["inputs"]["batch_size"] = 3
    prompt["9"] = {"class_type": saver, "inputs": {"images": ["8", 0], **inputs}}
    await submit(client, prompt, "job")
    shown = (await ended(client, "job"))["outputs"]["9"]
    assert {(i["type"], i["filename"][-len(suffix) :]) for i in shown["images"]} == {(kind, suffix)}
    assert shown.get("animated") == ([True] if suffix == ".webp" else None)
    for image in shown["images"]:
        assert (await client.get("/view", params=image)).status_code == 200


async def test_pictures_for_the_socket_come_as_png_frames_and_stay_nowhere(
    server: ComfyServer, client: httpx.AsyncClient
) -> None:
    prompt = graph()
    prompt["9"] = {"class_type": "SaveImageWebsocket", "inputs": {"images": ["8", 0]}}
    async with listen(server, "me") as socket:
        await submit(client, prompt, "job", client_id="me")
        heard = await hear(socket, "job")
    frames = [data for event, data in heard if event == "binary 1"]
    assert frames[-1][:8] == struct.pack(">II", 1, 2)
    assert Image.open(BytesIO(frames[-1][8:])).size == (64, 64)
    assert (await client.get("/history/job")).json()["job"]["outputs"] == {}
    assert not list((server.home / "demo" / "output").iterdir())


async def test_a_malformed_node_that_nothing_needs_does_no_harm(client: httpx.AsyncClient) -> None:
    prompt = graph()
    prompt["50"] = {"class_type": "LoadImage", "inputs": None}
    prompt["51"] = {"class_type": "KSampler"}
    await submit(client, prompt, "job")
    assert (await ended(client, "job"))["status"]["status_str"] == "success"


async def test_what_would_take_all_memory_is_refused(client: httpx.AsyncClient) -> None:
    for number, size in enumerate(
        ({"width": 16384, "height": 16384}, {"batch_size": 4096, "width": 512, "height": 512})
    ):
        prompt = graph()
        prompt["5"]["inputs"].update(size)
        await submit(client, prompt, str(number))
        name, data = (await ended(client, str(number)))["status"]["messages"][-1]
        assert (name, data["node_id"]) == ("execution_error", "8")
        assert "more than the demo server paints" in data["exception_message"]


async def test_custom_sampling_and_image_to_image(client: httpx.AsyncClient) -> None:
    prompt = graph()
    prompt |= {
        "11": {"class_type": "RandomNoise", "inputs": {"noise_seed": 2**64 - 1}},
        "12": {"class_type": "KSamplerSelect", "inputs": {"sampler_name": "euler"}},
        "13": {
            "class_type": "BasicScheduler",
            "inputs": {"model": ["4", 0], "scheduler": "normal", "steps": 2, "denoise": 0.5},
        },
        "14": {"class_type": "BasicGuider", "inputs": {"model": ["4", 0], "conditioning": ["6", 0]}},
        "15": {"class_type": "VAEEncode", "inputs": {"pixels": ["8", 0], "vae": ["4", 2]}},
        "16": {
            "class_type": "SamplerCustomAdvanced",
            "inputs": {
                "noise": ["11", 0],
                "guider": ["14", 0],
                "sampler": ["12", 0],
                "sigmas": ["13", 0],
                "latent_image": ["15", 0],
            },
        },
        "17": {"class_type": "VAEDecode", "inputs": {"samples": ["16", 0], "vae": ["4", 2]}},
        "18": {"class_type": "SaveImage", "inputs": {"filename_prefix": "again", "images": ["17", 0]}},
    }
    await submit(client, prompt, "job")
    outputs = (await ended(client, "job"))["outputs"]
    pictures = [(await client.get("/view", params=outputs[n]["images"][0])).content for n in ("9", "18")]
    assert pictures[0] != pictures[1]
