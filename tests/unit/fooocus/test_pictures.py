"""Pictures on their way in and out: canvases, metadata, files, the log."""

from __future__ import annotations

import base64
import io
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from darkroom.connectors.fooocus.canvas import data_uri, fitting_mask, with_pictures
from darkroom.connectors.fooocus.files import ServerFile, outputs
from darkroom.connectors.fooocus.handle import JobHandle, read_handle
from darkroom.connectors.fooocus.log import is_of, read_log, seeds
from darkroom.connectors.fooocus.used import embedded, replaced
from darkroom.domain.errors import JobLost, Rejected
from darkroom.domain.fooocus_metadata import FooocusMetadata
from tests.unit.fooocus.recorded import DATA

if TYPE_CHECKING:
    from darkroom.domain.parameters import Values

JOB = JobHandle("s", "1", "/opt/fooocus/outputs/2026-11-20/log.html", 0.0, "a cat", 5, 2)


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as found:
        found.load()
        return found.copy()


class Blobs:
    """Pictures by hash."""

    def __init__(self, **kept: bytes) -> None:
        self.kept = kept

    async def read_blob(self, blob_hash: str) -> bytes:
        return self.kept[blob_hash]


def test_the_colours_of_a_mask_count_and_not_its_alpha() -> None:
    # The page would take an opaque mask for white all over.
    mask = Image.new("RGBA", (4, 2), (0, 0, 0, 255))
    mask.putpixel((1, 1), (255, 255, 255, 255))
    made = opened(fitting_mask(encoded(Image.new("RGB", (4, 2))), encoded(mask)))
    assert made.mode == "RGB"
    assert [made.getpixel((x, 1)) for x in range(3)] == [(0, 0, 0), (255, 255, 255), (0, 0, 0)]


def test_a_mask_of_sixteen_bits_keeps_its_greys() -> None:
    mask = Image.new("I;16", (2, 1), 0)
    mask.putpixel((1, 0), 0x4000)
    made = opened(fitting_mask(encoded(Image.new("RGB", (2, 1))), encoded(mask)))
    assert [made.getpixel((x, 0)) for x in range(2)] == [(0, 0, 0), (63, 63, 63)]


def test_a_mask_gets_the_size_of_the_picture_as_it_is_turned() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    picture = encoded(Image.new("RGB", (8, 4)), "JPEG", exif=turned)
    assert opened(fitting_mask(picture, encoded(Image.new("L", (2, 2), 255)))).size == (4, 8)
    assert opened(fitting_mask(picture, None)).getextrema() == ((0, 0),) * 3


def test_what_is_no_picture_is_told() -> None:
    picture = encoded(Image.new("RGB", (4, 4)))
    for image, mask, field in (
        (b"no", None, "image"),
        (picture, b"no", "mask"),
        (picture, picture[:45], "mask"),
    ):
        with pytest.raises(Rejected) as caught:
            fitting_mask(image, mask)
        assert list(caught.value.problems) == [field]


async def test_references_become_pictures_where_they_are_meant() -> None:
    red, white = encoded(Image.new("RGB", (3, 3), "red")), encoded(Image.new("L", (3, 3), 255))
    data = ["blob:a", "blob:a", {"image": "blob:a", "mask": "blob:b"}]
    filled = await with_pictures(data, [1, 2], Blobs(a=red, b=white))
    assert filled[0] == "blob:a"
    assert filled[1] == data_uri(red)
    assert base64.b64decode(filled[2]["image"].partition(",")[2]) == red
    assert opened(base64.b64decode(filled[2]["mask"].partition(",")[2])).getpixel((0, 0)) == (255, 255, 255)
    assert data == ["blob:a", "blob:a", {"image": "blob:a", "mask": "blob:b"}]
    assert data_uri(encoded(Image.new("RGB", (3, 3)), "WEBP")).startswith("data:image/webp;base64,")


TOLD = {"prompt": "a", "sampler": "euler", "metadata_scheme": "fooocus", "seed": "9223372036854775807"}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
async def test_parameters_are_read_from_every_format(kind: str) -> None:
    picture = Image.new("RGB", (8, 8))
    if kind == "PNG":
        info = PngInfo()
        info.add_text("parameters", json.dumps(TOLD))
        info.add_text("fooocus_scheme", "fooocus")
        data = encoded(picture, kind, pnginfo=info)
    else:
        exif = Image.Exif()
        exif[0x9286], exif[0x927C] = json.dumps(TOLD), "fooocus"
        data = encoded(picture, kind, exif=exif)
    used = await embedded(data)
    assert used is not None
    assert (used.sampler, used.seed) == ("euler", 2**63 - 1)
    assert await embedded(encoded(picture, kind)) is None
    assert await embedded(data[:20]) is None


def test_each_replacement_is_one_line() -> None:
    used = FooocusMetadata(
        "fooocus",
        prompt="a cat",
        styles=("Fooocus V2",),
        performance="Speed",
        width_px=64,
        height_px=64,
        cfg_scale=4.0,
        checkpoint="xl",
        refiner="",
        loras=(("known", 0.5),),
        sampler="euler",
        seed=8,
    )
    asked: Values = {
        "prompt": "a cat",
        "checkpoint": "sub/xl.safetensors",
        "refiner": "sub/xl.safetensors",
        "sampler": "nope",
        "cfg_scale": 4.0,
        "width": 64,
        "height": 128,
        "lora": "known.safetensors",
        "lora_strength": 0.5,
        "lora_2_strength": 1.0,
        "lora_2": "[b]gone\x1b[2J.safetensors",
        "style": "Fooocus V2",
        "style_2": "Gone",
        "style_3": "Random Style",
    }
    assert list(replaced(asked, used, 7)) == [
        "asked for sampler nope, the server used euler",
        "asked for refiner sub/xl.safetensors, the server used none",
        "asked for style Gone, the server left it out",
        "asked for LoRA [b]gone�[2J.safetensors, the server left it out",
        "asked for seed 7, the server used 8",
        "asked for 64×128, the server made 64×64",
    ]
    assert (
        list(
            replaced(
                {"sampler": "euler_gpu", "style": "Fooocus V2"}, FooocusMetadata("a1111", sampler="euler"), 7
            )
        )
        == []
    )


def test_the_log_gives_pictures_newest_first() -> None:
    entries = list(read_log((DATA / "log.html").read_text("utf-8")))
    assert [entry.seed for entry in entries] == [8, 77, 6, 5, 0, 2**63 - 1]
    assert all(ServerFile(entry.name).is_picture for entry in entries)
    assert entries[0].prompt == "a cat on a <b>roof</b> & more"
    job = JobHandle("s", "1", "", 0.0, "a cat on  a <b>roof</b> & more, ", 5, 2)
    assert [is_of(entry, job, 5) for entry in entries] == [False, False, False, True, False, False]
    assert not any(is_of(entry, JOB, 5) for entry in entries)


def test_prompts_that_are_changed_on_the_way_are_not_compared() -> None:
    entry = next(iter(read_log((DATA / "log.html").read_text("utf-8"))))
    for prompt in ("a __colour__ cat", "a [[red, blue]] cat", "a cat <lora:x:0.5>"):
        assert is_of(entry, JobHandle("s", "1", "", 0.0, prompt, 8, 1), 8)
        assert not is_of(entry, JobHandle("s", "1", "", 0.0, prompt, 9, 1), 9)


def test_a_hostile_log_gives_no_other_folders_files() -> None:
    block = '<div id="a" class="image-container"><a href="{}">x</a><b onclick="to_clipboard(\'{}\')">'
    good = "%7B%22prompt%22%3A%22a%22%2C%22seed%22%3A%225%22%7D"
    names = ["../../auth.json", "/etc/passwd", "a/b.png", "", "x" * 300]
    assert list(read_log("".join(block.format(name, good) for name in names))) == []
    for copied in ("%7B", "5", "%7B%22seed%22%3A%22x%22%7D", "%5B" * 5000, "%ff"):
        assert list(read_log(block.format("a.png", copied))) == []
    assert [entry.seed for entry in read_log(block.format("a.png", good))] == [5]


@given(st.text(max_size=300))
def test_no_log_breaks_the_reading(text: str) -> None:
    assert list(read_log(text)) == []
    list(read_log(f'<div id="a" class="image-container"><a href="a.png">to_clipboard(\'{text}\')'))


def test_seeds_grow_and_go_round() -> None:
    assert seeds(JobHandle("s", "", "", 0.0, "", 2**63 - 1, 3)) == [2**63 - 1, 0, 1]
    assert seeds(JobHandle("s", "", "", 0.0, "", 7, 2, same_seed=True)) == [7, 7]


def test_files_are_named_by_the_server_for_whatever_system() -> None:
    windows = ServerFile(r"C:\Fooocus\out put\2026-11-20\log.html")
    assert windows.name == "log.html"
    assert windows.beside("a.png").path == r"C:\Fooocus\out put\2026-11-20\a.png"
    assert windows.route == "/file=C:%5CFooocus%5Cout%20put%5C2026-11-20%5Clog.html"
    assert ServerFile("/a b/ü?#%.png").route == "/file=/a%20b/%C3%BC%3F%23%25.png"
    refs = list(outputs([ServerFile("/t/1/image.png"), ServerFile("/t/2/image.png")], grid=False))
    assert [(ref.node, ref.name) for ref in refs] == [
        ("control map", "control map-1-image.png"),
        ("control map", "control map-2-image.png"),
    ]


def test_a_handle_keeps_all_of_a_job() -> None:
    job = JobHandle("s", "12", "/l", 5.5, "a", 2**63 - 1, 4, True, True, {"sampler": "euler", "steps": 4})
    assert read_handle(json.loads(json.dumps(job.to_json()))) == job
    for damaged in ({}, {"v": 2}, {**job.to_json(), "seed": "x"}, {**job.to_json(), "session": ""}):
        with pytest.raises(JobLost):
            read_handle(damaged)
