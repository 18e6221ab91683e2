"""Uploads and `/view`, and the faults that strike them."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.unit.demo.driving import ended, graph, submit

if TYPE_CHECKING:
    from tests.servers.comfyui import ComfyServer


def png(colour: str = "red", mode: str = "RGBA") -> bytes:
    text = PngInfo()
    text.add_text("prompt", "{}")
    buffer = BytesIO()
    Image.new(mode, (40, 30), colour).save(buffer, format="PNG", pnginfo=text)
    return buffer.getvalue()


async def upload(
    client: httpx.AsyncClient, content: bytes, name: str = "in.png", **fields: str
) -> httpx.Response:
    return await client.post("/upload/image", files={"image": (name, content)}, data=fields)


async def test_uploads_keep_replace_or_rename(server: ComfyServer, client: httpx.AsyncClient) -> None:
    async def named(content: bytes, **fields: str) -> str:
        return str((await upload(client, content, **fields)).json()["name"])

    assert await named(png()) == "in.png"
    assert await named(png()) == "in.png"
    assert await named(png("blue")) == "in (1).png"
    assert await named(png("green"), overwrite="True") == "in (2).png"
    assert await named(png("green"), overwrite="true") == "in.png"
    answer = await upload(client, b"any bytes", subfolder="deep/er", type="temp")
    assert answer.json() == {"name": "in.png", "subfolder": "deep/er", "type": "temp"}
    assert (server.home / "demo" / "temp" / "deep" / "er" / "in.png").read_bytes() == b"any bytes"
    choices = (await client.get("/object_info/LoadImage")).json()["LoadImage"]["input"]["required"]["image"][
        0
    ]
    assert choices == ["in (1).png", "in (2).png", "in.png"]


@pytest.mark.parametrize(
    ("name", "fields", "status"),
    [
        ("../../evil.png", {}, 400),
        ("in.png", {"subfolder": "../.."}, 400),
        ("a/b.png", {}, 500),
        ("in.png", {"type": "nonsense"}, 500),
    ],
)
async def test_uploads_stay_in_their_folder(
    server: ComfyServer, client: httpx.AsyncClient, name: str, fields: dict[str, str], status: int
) -> None:
    before = set(server.home.rglob("*"))
    assert (await upload(client, b"x", name, **fields)).status_code == status
    assert set(server.home.rglob("*")) == before


async def test_an_upload_without_a_picture_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.post("/upload/image", files={"wrong": ("a.png", b"x")})).status_code == 400
    assert (await client.post("/upload/image", content=b"x")).status_code == 400


async def test_view_converts_and_drops_metadata(client: httpx.AsyncClient) -> None:
    await upload(client, png("#ff000080"))
    where = {"filename": "in.png", "type": "input"}

    async def view(**more: str) -> Any:
        answer = await client.get("/view", params={**where, **more})
        assert answer.headers["content-disposition"] == 'filename="in.png"'
        return Image.open(BytesIO(answer.content))

    plain = await view()
    assert (plain.format, plain.mode, plain.text) == ("PNG", "RGBA", {"prompt": "{}"})
    assert (await view(preview="webp;80")).format == "WEBP"
    assert (await view(preview="png")).format == "WEBP"
    assert (await view(preview="jpeg;70")).format == "JPEG"
    assert (await view(preview="jpeg", channel="a")).format == "WEBP"
    colours = await view(channel="rgb")
    assert (colours.format, colours.mode, colours.text) == ("PNG", "RGB", {})
    alpha = await view(channel="a")
    assert alpha.getpixel((0, 0)) == (0, 0, 0, 128)


async def test_view_knows_ranges_and_tags(client: httpx.AsyncClient) -> None:
    content = png()
    await upload(client, content)
    where = {"filename": "in.png [input]"}
    part = await client.get("/view", params=where, headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, content[:10])
    tag = (await client.get("/view", params=where)).headers["etag"]
    assert (await client.get("/view", params=where, headers={"If-None-Match": tag})).status_code == 304
    assert (await client.head("/view", params=where)).headers["content-length"] == str(len(content))


async def test_a_loaded_picture_passes_unchanged_and_a_changed_file_is_seen(
    client: httpx.AsyncClient,
) -> None:
    prompt = {
        "1": {"class_type": "LoadImage", "inputs": {"image": "in.png"}},
        "2": {
            "class_type": "ImageScale",
            "inputs": {
                "image": ["1", 0],
                "upscale_method": "bicubic",
                "width": 20,
                "height": 0,
                "crop": "disabled",
            },
        },
        "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "x"}},
    }
    entries = []
    for number, colour in enumerate(("red", "blue", "blue")):
        await upload(client, png(colour, "RGB"), overwrite="1")
        await submit(client, prompt, str(number))
        entries.append(await ended(client, str(number)))  # before its picture is overwritten
    shown = [entry["outputs"]["3"]["images"][0] for entry in entries]
    assert [i["filename"] for i in shown] == ["x_00001_.png", "x_00002_.png", "x_00002_.png"]
    picture = Image.open(BytesIO((await client.get("/view", params=shown[1])).content))
    assert (picture.size, picture.getpixel((5, 5))) == ((20, 15), (0, 0, 255))


async def test_a_picture_that_does_not_decode_fails_its_node(client: httpx.AsyncClient) -> None:
    await upload(client, b"not a picture")
    prompt = {
        "1": {"class_type": "LoadImage", "inputs": {"image": "in.png"}},
        "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
    }
    await submit(client, prompt, "job")
    name, data = (await ended(client, "job"))["status"]["messages"][-1]
    assert (name, data["node_id"], data["current_inputs"]) == ("execution_error", "1", {"image": ["in.png"]})


async def test_files_can_be_halved_cut_and_missing(server: ComfyServer, client: httpx.AsyncClient) -> None:
    content = png()
    await upload(client, content)
    where = {"filename": "in.png", "type": "input"}
    await server.fault("half_file")
    assert (await client.get("/view", params=where)).content == content[: len(content) // 2]
    await server.fault("half_file", cut=True)
    with pytest.raises(httpx.RemoteProtocolError):
        await client.get("/view", params=where)
    await server.fault("missing_file")
    assert (await client.get("/view", params=where)).status_code == 404
    assert (await client.get("/view", params=where)).content == content


async def test_answers_can_be_delayed_and_replaced(server: ComfyServer, client: httpx.AsyncClient) -> None:
    await server.fault("http_500", path="/queue", count=2)
    assert (await client.get("/system_stats")).status_code == 200
    assert [(await client.get("/queue")).status_code for _ in range(3)] == [500, 500, 200]
    await server.fault("html", path="/system_stats")
    assert (await client.get("/system_stats")).headers["content-type"].startswith("text/html")
    await server.fault("http_status", status=401, headers={"WWW-Authenticate": "Basic"})
    assert (await client.get("/features")).status_code == 401
    await server.fault("reject_upload", status=413)
    assert (await upload(client, b"x")).status_code == 413
    await server.fault("delay_http", path="/features", seconds=30)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await client.get("/features")
    with pytest.raises(httpx.HTTPStatusError):
        await server.fault("no such fault")


async def test_http_stays_quick_while_a_large_picture_is_painted(client: httpx.AsyncClient) -> None:
    prompt = graph()
    prompt["5"]["inputs"].update(width=1536, height=1536)
    await submit(client, prompt, "job")
    answered = 0
    while "job" not in (await client.get("/history/job")).json():
        answered += 1
    assert answered > 10
