"""What comes back, and what goes in: files with their metadata, pictures as they are meant."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from darkroom.domain.errors import Rejected
from darkroom.domain.events import Outcome
from darkroom.domain.fooocus_metadata import read_metadata
from darkroom.domain.png import read_texts
from darkroom.domain.workflow import UPSCALE
from tests.contract.driving import collect, ended, new_seed, picture, png, read
from tests.contract.fooocus_api.conftest import Api, client
from tests.contract.proxy import proxy

if TYPE_CHECKING:
    from darkroom.domain.events import Ended
    from tests.servers.fooocus_api import FooocusApiServer


async def first(api: Api, end: Ended) -> bytes:
    assert (end.outcome, end.reason) == (Outcome.COMPLETE, None)
    return await read(api.connector, end.outputs[0])


def opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as found:
        return found.convert("RGB")


@pytest.mark.parametrize("scheme", ["fooocus", "a1111"])
async def test_the_file_has_its_metadata_though_the_server_names_another_host(api: Api, scheme: str) -> None:
    seed = new_seed()
    data = await first(api, await api.run(prompt="a cat, grey", seed=seed, metadata_scheme=scheme))
    texts = read_texts(io.BytesIO(data))
    told = read_metadata(texts["parameters"], texts["fooocus_scheme"])
    assert told is not None
    assert (told.scheme, told.prompt, told.seed, told.checkpoint) == (scheme, "a cat, grey", seed, "nested")


@pytest.mark.parametrize(("ending", "kind"), [("jpeg", "JPEG"), ("webp", "WEBP")])
async def test_other_formats_come_as_they_were_stored(api: Api, ending: str, kind: str) -> None:
    end = await api.run(save_format=ending)
    with Image.open(io.BytesIO(await first(api, end))) as found:
        assert found.format == kind
    assert end.outputs[0].name.endswith(f"-0.{ending}")


async def test_each_job_has_a_name_of_its_own_for_its_files(api: Api) -> None:
    one, two = await api.run(batch_size=2), await api.run()
    names = [output.name for output in (*one.outputs, *two.outputs)]
    assert len(set(names)) == 3
    assert all(name.startswith("darkroom-") for name in names)


async def test_a_mask_says_where_to_paint_white_anew_and_black_not(api: Api) -> None:
    given = Image.new("RGB", (256, 256), (10, 200, 30))
    mask = Image.new("L", (256, 256), 0)
    mask.paste(255, (0, 0, 100, 256))
    data = await first(api, await api.run(image=png(given), mask=png(mask), denoise=1.0))
    made = opened(data)
    assert made.size == (256, 256)
    assert all(abs(a - b) < 12 for a, b in zip(made.getpixel((240, 128)), (10, 200, 30), strict=True))  # type: ignore[arg-type]
    assert made.getpixel((20, 128)) != made.getpixel((240, 128))


@pytest.mark.parametrize("kind", ["1", "P", "L", "RGBA", "I;16", "transparent"])
async def test_masks_of_every_kind_and_size_are_understood(api: Api, kind: str) -> None:
    """The server takes raw values: of one bit, of a palette, of sixteen bits they mean something else."""
    given = Image.new("RGB", (192, 128), (10, 200, 30))
    mask = Image.new("L", (96, 64), 0)
    mask.paste(255, (0, 0, 40, 64))
    wide = b"".join(bytes((value, value)) for value in mask.tobytes())
    if kind == "I;16":
        made = Image.frombytes("I;16", mask.size, wide)
    elif kind == "transparent":
        made = Image.merge("LA", (Image.new("L", mask.size, 255), mask))
    else:
        made = mask.convert(kind)
    data = await first(api, await api.run(image=png(given), mask=png(made), denoise=1.0))
    made = opened(data)
    assert all(abs(a - b) < 12 for a, b in zip(made.getpixel((185, 64)), (10, 200, 30), strict=True))  # type: ignore[arg-type]
    assert made.getpixel((20, 64)) != made.getpixel((185, 64))


async def test_one_picture_can_be_the_image_and_its_own_mask(api: Api) -> None:
    given = Image.new("RGBA", (128, 128), (255, 255, 255, 0))
    given.paste((255, 255, 255, 255), (0, 0, 50, 128))
    made = opened(await first(api, await api.run(image=png(given), mask=png(given), denoise=1.0)))
    assert made.getpixel((120, 64)) != made.getpixel((10, 64))


async def test_a_picture_is_continued_beyond_its_edges(api: Api) -> None:
    end = await api.run(image=picture(128, 96), outpaint_left=True, outpaint_left_px=64, outpaint_bottom=True)
    width, height = opened(await first(api, end)).size
    assert width > height
    assert (width / height) == pytest.approx((128 + 64) / (96 + 28), rel=0.1)


async def test_a_picture_is_varied_as_a_whole(api: Api) -> None:
    end = await api.run(image=picture(128, 96), denoise=0.3, batch_size=2)
    assert len(end.outputs) == 2
    assert min(opened(await first(api, end)).size) >= 768, "Fooocus varies at a million pixels"


@pytest.mark.parametrize("method", ["Upscale (Fast 2x)", "Upscale (2x)", "Upscale (Custom)", "Vary (Subtle)"])
async def test_upscaling(api: Api, method: str) -> None:
    values: dict[str, Any] = {"image": picture(96, 64), "method": method, "prompt": "a cat", "upscale": 3.0}
    end = await api.run(UPSCALE, **values)
    assert len(end.outputs) == 1
    width, height = opened(await first(api, end)).size
    assert width >= 192
    assert width > height


async def test_pictures_speak_beside_the_prompt(api: Api) -> None:
    prompts: dict[str, Any] = {
        "image_prompt": picture(64, 64),
        "image_prompt_2": picture(32, 48),
        "image_prompt_2_type": "PyraCanny",
    }
    assert (await api.run(**prompts)).outcome is Outcome.COMPLETE
    both = {**prompts, "image": picture(128, 96), "denoise": 0.5}
    assert (await api.run(**both)).outcome is Outcome.COMPLETE


async def test_what_is_no_picture_is_refused_before_it_is_sent(api: Api) -> None:
    with pytest.raises(Rejected) as caught:
        await api.prepare(image=b"no picture at all")
    assert list(caught.value.problems) == ["image"]


async def test_the_stored_request_holds_names_of_pictures_and_not_the_pictures(api: Api) -> None:
    prepared = await api.prepare(image=picture(64, 64), denoise=0.5)
    sent = prepared.request["body"]["input_image"]
    assert sent.startswith("blob:")
    assert ended(await collect(api.connector.run(prepared))).outcome is Outcome.COMPLETE


async def test_files_are_found_behind_a_proxy_below_a_path(server: FooocusApiServer) -> None:
    async with proxy(server.url) as between:
        behind = Api(between.url, client(between.url))
        try:
            assert len(await first(behind, await behind.run())) > 500
        finally:
            await behind.connector.aclose()
