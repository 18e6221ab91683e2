"""Pictures from every service: from text, in batches, from pictures, with progress and previews."""

from __future__ import annotations

import base64
import io
import json
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageChops, ImageStat

from darkroom.domain.events import Accepted, Outcome, OutputReady, Preview
from darkroom.domain.parameters import Kind, Role
from darkroom.domain.service import SERVICES
from darkroom.domain.workflow import TXT2IMG, UPSCALE
from tests.contract.driving import collect, ended, is_sampling, png, prepare, read

if TYPE_CHECKING:
    from darkroom.connectors.base import Connector
    from darkroom.domain.events import Ended
    from tests.contract.site import Asked, Site


def decoded(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as opened:
        return opened.convert("RGB")


def brightness(picture: Image.Image) -> float:
    """Mean of all values, 0 to 255."""
    return sum(ImageStat.Stat(picture).mean) / 3


def seeds(asked: Asked) -> list[str]:
    """Addresses of the seeds."""
    return [address for address, role in asked.snapshot.roles.items() if role is Role.SEED]


async def pictures(site: Site, connector: Connector, end: Ended) -> list[Image.Image]:
    """What was asked for, decoded whole."""
    assert (end.outcome, end.reason) == (Outcome.COMPLETE, None)
    wanted = [output for output in end.outputs if site.backend.is_picture(output)]
    return [decoded(await read(connector, output)) for output in wanted]


async def test_a_picture_comes_into_being(site: Site, connector: Connector) -> None:
    prepared = await site.prepare(connector, site.backend.quick)
    assert prepared.expected in (1, None)
    events = await collect(connector.run(prepared))
    assert sum(isinstance(event, Accepted) for event in events) == 1
    assert any(is_sampling(event) for event in events)
    announced = {str(event.output.locator) for event in events if isinstance(event, OutputReady)}
    assert announced <= {str(output.locator) for output in ended(events).outputs}
    (made,) = await pictures(site, connector, ended(events))
    assert made.size == site.backend.size_px
    assert len(set(made.tobytes())) > 1, "a picture of one colour shows nothing"


@pytest.mark.parametrize(
    "prompt",
    ["", "ein Gewölbe 🏛 «»", "[/bold] \x1b[2J\x00 \u202e", "\ud800 alone", "a, " * 4000],
    ids=["empty", "unicode", "escapes", "surrogate", "12 kB"],
)
async def test_any_prompt_can_be_sent(site: Site, connector: Connector, prompt: str) -> None:
    asked = await site.ask(connector, {**site.backend.quick, "prompt": prompt})
    end = ended(await collect(connector.run(await prepare(connector, asked.snapshot))))
    assert len(await pictures(site, connector, end)) == 1


async def test_pictures_that_are_fed_in_go_with_the_request_and_are_not_stored_in_it(
    site: Site, connector: Connector, second: Connector
) -> None:
    values = {**site.backend.quick, **site.backend.with_picture}
    noise = Image.effect_noise(site.backend.size_px, 100).convert("RGB")
    prepared = await site.prepare(connector, values, {Role.IMAGE: png(noise)})
    assert base64.b64encode(png(noise))[100:200] not in json.dumps(prepared.request).encode()
    # A profile may be opened anew between making the request and sending it.
    assert ended(await collect(second.run(prepared))).outcome is Outcome.COMPLETE


async def test_the_largest_seed_is_taken(site: Site, connector: Connector) -> None:
    asked = await site.ask(connector, site.backend.quick)
    form = connector.form(await connector.catalog(), TXT2IMG, None, asked.snapshot.values)
    (seed,) = [spec for spec in form.with_role(Role.SEED) if spec.kind is Kind.SEED]
    assert seed.maximum is not None
    snapshot = asked.snapshot.with_values({seed.address: int(seed.maximum)})
    end = ended(await collect(connector.run(await prepare(connector, snapshot))))
    assert len(await pictures(site, connector, end)) == 1


async def test_a_batch_of_four_is_four_pictures(site: Site, connector: Connector) -> None:
    prepared = await site.prepare(connector, {**site.backend.quick, site.backend.batch: 4})
    assert prepared.expected in (4, None)
    made = await pictures(site, connector, ended(await collect(connector.run(prepared))))
    assert len({picture.tobytes() for picture in made}) == len(made) == 4


async def test_previews_are_pictures(site: Site, connector: Connector) -> None:
    if not connector.capabilities.previews:
        pytest.skip("the service shows no pictures in the making")
    events = await collect(connector.run(await site.prepare(connector, site.backend.steady)))
    previews = [event for event in events if isinstance(event, Preview)]
    assert previews
    for preview in previews:
        with Image.open(io.BytesIO(preview.data)) as opened:
            opened.load()
            assert opened.format == preview.media_type.partition("/")[2].upper()


async def test_a_picture_that_is_fed_in_shows_in_what_comes_out(site: Site, connector: Connector) -> None:
    made = []
    for colour in ((250, 20, 20), (20, 20, 250)):
        data = png(Image.new("RGB", site.backend.size_px, colour))
        values = {**site.backend.quick, **site.backend.with_picture}
        asked = await site.ask(connector, values, pictures={Role.IMAGE: data})
        snapshot = asked.snapshot.with_values(dict.fromkeys(seeds(asked), 7))
        end = ended(await collect(connector.run(await prepare(connector, snapshot, asked.blobs))))
        made += await pictures(site, connector, end)
    red, blue = made
    assert red.tobytes() != blue.tobytes()


async def test_white_of_a_mask_is_painted_anew_and_black_kept(site: Site, connector: Connector) -> None:
    width, height = site.backend.size_px
    picture = png(Image.linear_gradient("L").resize((width, height)).convert("RGB"))
    mask = Image.new("L", (width, height), 0)
    mask.paste(255, (0, 0, width // 2, height))
    made = []
    for seed in (1, 2):
        values = {**site.backend.quick, **site.backend.with_picture}
        asked = await site.ask(connector, values, pictures={Role.IMAGE: picture, Role.MASK: png(mask)})
        snapshot = asked.snapshot.with_values(dict.fromkeys(seeds(asked), seed))
        end = ended(await collect(connector.run(await prepare(connector, snapshot, asked.blobs))))
        made += await pictures(site, connector, end)
    # Another seed paints white parts otherwise; in black ones it may shine in at the edge and no more.
    difference = ImageChops.difference(*made)
    white = difference.crop((0, 0, width // 4, height))
    black = difference.crop((width - width // 4, 0, width, height))
    assert brightness(white) > 3 * brightness(black)


async def test_a_picture_is_made_larger(site: Site, connector: Connector) -> None:
    if UPSCALE not in SERVICES[site.backend.service].modes:
        pytest.skip("the service has no upscale mode")
    data = png(Image.linear_gradient("L").resize(site.backend.size_px).convert("RGB"))
    asked = await site.ask(connector, site.backend.upscaling, mode=UPSCALE, pictures={Role.IMAGE: data})
    end = ended(await collect(connector.run(await prepare(connector, asked.snapshot, asked.blobs))))
    (made,) = await pictures(site, connector, end)
    assert made.width > site.backend.size_px[0]
    assert made.height > site.backend.size_px[1]
