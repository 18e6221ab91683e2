"""Inpainting and upscaling, to the pixel."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageChops, ImageStat

from darkroom.domain.events import Outcome
from darkroom.domain.parameters import Role
from darkroom.domain.service import COMFYUI
from darkroom.domain.workflow import TXT2IMG, UPSCALE
from tests.contract.backends import available
from tests.contract.driving import png, read, run
from tests.contract.site import Site

if TYPE_CHECKING:
    from darkroom.connectors.base import Connector
    from darkroom.domain.parameters import Value, Values
    from tests.contract.comfyui.target import Target

SMALL: dict[str, Value] = {"width": 64, "height": 64, "steps": 4}


async def made(
    target: Target, connector: Connector, mode: str, values: Values, pictures: dict[Role, bytes]
) -> list[Image.Image]:
    site = Site(available()[COMFYUI], target.url)
    asked = await site.ask(connector, values, mode=mode, pictures=pictures)
    end = await run(connector, asked.snapshot, asked.blobs)
    assert (end.outcome, end.reason) == (Outcome.COMPLETE, None)
    return [Image.open(io.BytesIO(await read(connector, output))) for output in end.outputs]


def gradient(width: int, height: int) -> Image.Image:
    return Image.linear_gradient("L").resize((width, height)).convert("RGB")


def half_white(width: int, height: int) -> Image.Image:
    """White on the left."""
    mask = Image.new("L", (width, height), 0)
    mask.paste(255, (0, 0, width // 2, height))
    return mask


async def test_black_parts_are_the_pictures_own_pixels(target: Target, connector: Connector) -> None:
    original = gradient(64, 64)
    fed = {Role.IMAGE: png(original), Role.MASK: png(half_white(64, 64))}
    pictures = await made(target, connector, TXT2IMG, {**SMALL, "batch_size": 2, "denoise": 0.9}, fed)
    assert len(pictures) == 2
    right = (32, 0, 64, 64)
    for picture in pictures:
        # The server computes with floats and cuts: a value may be one less.
        assert apart(picture.convert("RGB").crop(right), original.crop(right)) <= 1
    first, second = (picture.convert("RGB").crop((0, 0, 32, 64)).tobytes() for picture in pictures)
    assert first != second


async def test_a_mask_of_another_shape_is_cropped_as_its_picture(
    target: Target, connector: Connector
) -> None:
    fed = {Role.IMAGE: png(gradient(128, 64)), Role.MASK: png(half_white(32, 16))}
    (picture,) = await made(target, connector, TXT2IMG, {**SMALL, "denoise": 0.9}, fed)
    cropped = gradient(128, 64).crop((32, 0, 96, 64))
    right = (44, 0, 64, 64)
    assert apart(picture.convert("RGB").crop(right), cropped.crop(right)) <= 1


@pytest.mark.parametrize("pictures", [(), (Role.IMAGE,)], ids=["text", "picture"])
async def test_a_refiner_takes_over(target: Target, connector: Connector, pictures: tuple[Role, ...]) -> None:
    form = connector.form(await connector.catalog(), TXT2IMG, None, {})
    refiner = form.resolve("refiner").choices[-1]
    fed = {role: png(gradient(64, 64)) for role in pictures}
    same = {**SMALL, "steps": 8, "seed": 5, **({"denoise": 0.5} if pictures else {})}

    async def one(**more: Value) -> Image.Image:
        (picture,) = await made(target, connector, TXT2IMG, {**same, **more}, fed)
        return picture.convert("RGB")

    plain = await one()
    # Who takes over after the last step changes nothing, and neither does the same checkpoint.
    assert apart(plain, await one(refiner=refiner, refiner_switch=1.0)) <= 2
    both = await one(refiner=refiner, refiner_switch=0.5)
    checkpoints = form.resolve("checkpoint").choices
    assert (apart(plain, both) <= 2) is (refiner == checkpoints[0])


def apart(one: Image.Image, other: Image.Image) -> float:
    """By how much any value differs at most, of 255."""
    return max(high for _, high in ImageStat.Stat(ImageChops.difference(one, other)).extrema)


@pytest.mark.parametrize("with_model", [True, False], ids=["model", "plain"])
@pytest.mark.parametrize("factor", [1.5, 3.0])
async def test_a_picture_grows_by_the_factor_whatever_the_model_does(
    target: Target, connector: Connector, factor: float, with_model: bool
) -> None:
    form = connector.form(await connector.catalog(mode=UPSCALE), UPSCALE, None, {})
    has_models = bool(form.with_role(Role.UPSCALER))
    if with_model and not has_models:
        pytest.skip("the server has no upscale model")
    plain: dict[str, Value] = {"upscaler": None} if has_models and not with_model else {}
    fed = {Role.IMAGE: png(gradient(40, 24))}
    (picture,) = await made(target, connector, UPSCALE, {"upscale": factor, **plain}, fed)
    assert picture.size == (40 * factor, 24 * factor)


async def test_an_upscaler_that_is_gone_fails_in_words(target: Target, connector: Connector) -> None:
    site = Site(available()[COMFYUI], target.url)
    asked = await site.ask(
        connector, {"upscale": 2.0}, mode=UPSCALE, pictures={Role.IMAGE: png(gradient(16, 16))}
    )
    end = await run(connector, asked.snapshot.with_values({"upscaler": "gone.pth"}), asked.blobs)
    assert end.outcome is Outcome.FAILED
    assert end.reason is not None
    assert "gone.pth" in end.reason.title + end.reason.detail
