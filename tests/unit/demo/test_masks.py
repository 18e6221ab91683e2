"""Nodes for masks and larger pictures, run as graphs."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from tests.unit.demo.driving import ended, graph, submit

if TYPE_CHECKING:
    import httpx


def node(class_type: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs}


def save(source: str) -> dict[str, Any]:
    return node("SaveImage", images=[source, 0], filename_prefix="mask")


async def upload(client: httpx.AsyncClient, name: str, picture: Image.Image) -> None:
    written = io.BytesIO()
    picture.save(written, "PNG")
    files = {"image": (name, written.getvalue(), "image/png")}
    assert (await client.post("/upload/image", files=files, data={"overwrite": "true"})).status_code == 200


async def picture(client: httpx.AsyncClient, prompt: dict[str, Any], name: str = "job") -> Image.Image:
    """The first picture that node 9 saved."""
    await submit(client, prompt, name)
    entry = await ended(client, name)
    assert entry["status"]["status_str"] == "success", entry["status"]["messages"][-1]
    (file, *_) = entry["outputs"]["9"]["images"]
    answer = await client.get("/view", params=file)
    return Image.open(io.BytesIO(answer.content)).convert("RGB")


def left(colour: Any, other: Any, mode: str) -> Image.Image:
    """64 × 64, the left half in one colour, the right in the other."""
    made = Image.new(mode, (64, 64), other)
    made.paste(colour, (0, 0, 32, 64))
    return made


@pytest.mark.parametrize(
    ("mask", "channel"),
    [
        (left((255, 0, 0), (0, 0, 0), "RGB"), "red"),
        (left((0, 0, 255), (255, 0, 0), "RGB"), "blue"),
        (left((9, 9, 9, 0), (9, 9, 9, 255), "RGBA"), "alpha"),
    ],
    ids=["red", "blue", "transparent"],
)
@pytest.mark.parametrize("inpaint", [True, False])
async def test_only_what_is_masked_is_painted_anew(
    client: httpx.AsyncClient, mask: Image.Image, channel: str, inpaint: bool
) -> None:
    await upload(client, "blue.png", Image.new("RGB", (64, 64), (10, 20, 200)))
    await upload(client, "mask.png", mask)
    prompt = graph(latent_image=["12", 0])
    del prompt["5"]
    prompt |= {
        "10": node("LoadImage", image="blue.png"),
        "11": node("LoadImageMask", image="mask.png", channel=channel),
    }
    if inpaint:
        prompt["12"] = node(
            "VAEEncodeForInpaint", pixels=["10", 0], vae=["4", 2], mask=["11", 0], grow_mask_by=6
        )
    else:
        prompt["13"] = node("VAEEncode", pixels=["10", 0], vae=["4", 2])
        prompt["12"] = node("SetLatentNoiseMask", samples=["13", 0], mask=["11", 0])
    made = await picture(client, prompt)
    # The label that says that no AI was at work is painted over either half, at the foot.
    right = made.crop((36, 0, 64, 32)).getcolors()
    assert right == [(28 * 32, (10, 20, 200))]
    assert len(made.crop((0, 0, 28, 32)).getcolors() or range(999)) > 1


async def test_pictures_are_put_on_each_other_where_the_mask_is_white(client: httpx.AsyncClient) -> None:
    await upload(client, "white-left.png", left(255, 0, "L"))
    prompt = {
        "1": node("EmptyImage", width=64, height=64, batch_size=1, color=0x102030),
        "2": node("RepeatImageBatch", image=["1", 0], amount=3),
        "3": node("EmptyImage", width=64, height=64, batch_size=1, color=0xFF0000),
        "4": node("LoadImage", image="white-left.png"),
        "5": node("ImageToMask", image=["4", 0], channel="red"),
        "6": node(
            "ImageCompositeMasked",
            destination=["2", 0],
            source=["3", 0],
            x=0,
            y=0,
            resize_source=False,
            mask=["5", 0],
        ),
        "9": save("6"),
    }
    made = await picture(client, prompt)
    assert (made.getpixel((10, 10)), made.getpixel((50, 10))) == ((255, 0, 0), (16, 32, 48))
    assert len((await ended(client, "job"))["outputs"]["9"]["images"]) == 3


async def test_a_composite_that_stands_over_is_cut_off(client: httpx.AsyncClient) -> None:
    prompt = {
        "1": node("EmptyImage", width=32, height=32, batch_size=1, color=0),
        "2": node("EmptyImage", width=32, height=32, batch_size=1, color=0xFFFFFF),
        "6": node(
            "ImageCompositeMasked", destination=["1", 0], source=["2", 0], x=24, y=8, resize_source=False
        ),
        "9": save("6"),
    }
    made = await picture(client, prompt)
    assert made.size == (32, 32)
    assert [made.getpixel(at) for at in ((23, 20), (24, 7), (24, 8), (31, 31))] == [
        (0, 0, 0),
        (0, 0, 0),
        (255, 255, 255),
        (255, 255, 255),
    ]


async def test_a_model_doubles_and_the_size_can_be_measured(client: httpx.AsyncClient) -> None:
    await upload(client, "small.png", left((250, 0, 0), (0, 0, 250), "RGB").resize((30, 20)))
    prompt = {
        "1": node("LoadImage", image="small.png"),
        "2": node("UpscaleModelLoader", model_name="demo-crisp-x2.safetensors"),
        "3": node("ImageUpscaleWithModel", upscale_model=["2", 0], image=["1", 0]),
        "9": save("3"),
    }
    assert (await picture(client, prompt, "model")).size == (60, 40)
    prompt |= {
        "4": node("GetImageSize", image=["1", 0]),
        "5": node(
            "ImageScale",
            image=["3", 0],
            upscale_method="area",
            width=["4", 0],
            height=["4", 1],
            crop="disabled",
        ),
        "9": save("5"),
    }
    assert (await picture(client, prompt, "fitted")).size == (30, 20)
