"""The fields of the upscale mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.connectors import specs
from darkroom.connectors.invokeai import offer
from darkroom.connectors.invokeai.fields import IMAGE
from darkroom.domain.parameters import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from darkroom.connectors.invokeai.offer import Offer
    from darkroom.domain.parameters import ParameterSpec, Value


def upscale_specs(offered: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    """Picture, upscaler and scale; a tile size where a model does it."""
    models = offered.labels(offer.UPSCALER)
    filters = offered.listed("resample_modes")
    yield specs.picture(
        "image", "Image", IMAGE, Role.IMAGE, help="The picture to make larger", optional=False
    )
    yield specs.choice(
        "upscaler",
        "Upscaler",
        IMAGE,
        (*models, *filters),
        models[0] if models else "lanczos",
        role=Role.UPSCALER,
        help="Models of the server first, then plain filters that need none",
    )
    yield specs.number("upscale", "Scale", IMAGE, 2.0, (1.0, 16.0, 0.5), role=Role.UPSCALE, unit="×")
    if values.get("upscaler", models[0] if models else None) in models:
        yield specs.number(
            "tile_size",
            "Tile",
            IMAGE,
            512,
            (0, 8192, 64),
            unit="px",
            help="0: the whole picture at once",
            advanced=True,
        )
