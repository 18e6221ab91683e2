"""The form of an A1111 server, and of those that speak its API. Pure; loads no network code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.connectors.a1111 import addons, fields
from darkroom.connectors.a1111.offer import Offer
from darkroom.connectors.specs import choice, number
from darkroom.domain.form import Form
from darkroom.domain.parameters import Kind, ParameterSpec, Role, Value
from darkroom.domain.text import excerpt
from darkroom.domain.workflow import UPSCALE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from darkroom.domain.server import Catalog
    from darkroom.domain.workflow import Graph

LOSS = "If the line breaks, the picture is lost: the server keeps no results. {cure}"
CURE = "The profile's server_settings lets Darkroom have the server keep them."
ABSENT = "The weights of “{name}” are not on the server: it fetches them first, or resizes plainly"


def form(
    catalog: Catalog,
    mode: str,
    graph: Graph | None,  # noqa: ARG001 - the service takes none
    values: Mapping[str, Value],
) -> Form:
    """The parameters of a built-in mode, given what the form holds already.

    Args:
        catalog: As `A1111Connector.catalog` gives it; an empty one brings recorded defaults.
        mode: `TXT2IMG`, which takes a picture too, or `UPSCALE`.
        graph: Always `None`.
        values: By address: what is chosen brings further fields.
    """
    offer = Offer.of(catalog)
    specs = upscaling(offer, values) if mode == UPSCALE else _main(offer, values)
    return Form(tuple(specs), tuple(_notes(offer, mode, values)))


def _main(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    yield from fields.prompts(offer, values)
    yield from fields.model(offer, values)
    yield from fields.sampling(offer, values)
    yield from fields.size(offer)
    yield from fields.image(offer, values)
    yield from fields.hires(offer, values)
    yield from fields.further(offer, values)
    yield from addons.units(offer, values)
    yield from addons.script(offer, values)
    yield from addons.extensions(offer, values)


def upscaling(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    """The fields of the web page's tab "Extras"."""
    section = "Upscale"
    yield ParameterSpec(
        "image", "Image", Kind.IMAGE, role=Role.IMAGE, section=section, help="The picture to make larger"
    )
    upscalers = offer.upscalers or ("None",)
    yield choice("upscaler", "Upscaler", section, upscalers, upscalers[0], role=Role.UPSCALER)
    yield number("upscale", "Scale", section, 2.0, (1.0, 8.0, 0.25), role=Role.UPSCALE)
    yield choice("upscaler_2", "Upscaler 2", section, upscalers, optional=True, help="Mixed in")
    share = (0.0, 1.0, 0.05)
    if values.get("upscaler_2"):
        yield number("upscaler_2_visibility", "Part of upscaler 2", section, 0.5, share)
    faces = "Faces"
    yield number("gfpgan_visibility", "GFPGAN", faces, 0.0, share)
    yield number("codeformer_visibility", "CodeFormer", faces, 0.0, share)
    strength = values.get("codeformer_visibility")
    if isinstance(strength, int | float) and strength > 0:
        yield number("codeformer_weight", "CodeFormer weight", faces, 0.0, share)


def _notes(offer: Offer, mode: str, values: Mapping[str, Value]) -> Iterator[str]:
    for address in ("upscaler", "upscaler_2", "hires_upscaler"):
        if offer.absent(values.get(address)):
            yield ABSENT.format(name=excerpt(str(values.get(address)), 60))
    if mode == UPSCALE or not offer.schema.get("keeps"):
        can = offer.program.recovery and offer.schema.get("tasks") is not False and mode != UPSCALE
        yield LOSS.format(cure=CURE if can else "").rstrip()
    elif values.get("script"):
        yield LOSS.format(cure="What scripts make has no names that are known beforehand.")
