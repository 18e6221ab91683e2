"""Pictures from every service: from text, in batches, from pictures, with progress and previews."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from darkroom.domain.events import Accepted, Outcome, OutputReady, Preview
from tests.contract.driving import collect, ended, is_sampling, read

if TYPE_CHECKING:
    from darkroom.connectors.base import Connector
    from darkroom.domain.events import Ended
    from tests.contract.site import Site


def decoded(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as opened:
        return opened.convert("RGB")


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
