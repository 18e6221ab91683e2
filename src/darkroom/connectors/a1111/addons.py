"""The fields of what extends a server: ControlNet units, a script, always-on extensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.connectors.a1111 import defaults, scripts
from darkroom.connectors.a1111.slots import UNITS, open_slots
from darkroom.connectors.specs import choice, number
from darkroom.domain.parameters import Kind, ParameterSpec, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from darkroom.connectors.a1111.offer import Offer

CONTROL, SCRIPT, EXTENSIONS = "ControlNet", "Script", "Extensions"


def units(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    """A slot for each picture that steers the composition."""
    modules, models = offer.names("control_modules"), offer.names("control_models")
    if not offer.program.controlnet or not modules:
        return
    for place, address in open_slots("controlnet", UNITS, values):
        label = "Control picture" if place == 1 else f"Control picture {place}"
        yield ParameterSpec(
            address,
            label,
            Kind.IMAGE,
            section=CONTROL,
            optional=True,
            help="A picture whose shapes are followed",
            advanced=True,
        )
        if values.get(address):
            yield from _unit(address, models, modules, "" if place == 1 else f" {place}")


def _unit(
    address: str, models: tuple[str, ...], modules: tuple[str, ...], which: str
) -> Iterator[ParameterSpec]:
    modes, resizes = defaults.CONTROL_MODES, defaults.CONTROL_RESIZES
    best = next((name for name in models if name != "None"), "None")
    share = (0.0, 1.0, 0.05)
    yield choice(f"{address}_model", f"Model{which}", CONTROL, models or ("None",), best)
    yield choice(f"{address}_module", f"Preprocessor{which}", CONTROL, modules, modules[0])
    yield number(f"{address}_weight", f"Weight{which}", CONTROL, 1.0, (0.0, 2.0, 0.05))
    yield number(f"{address}_start", f"Start{which}", CONTROL, 0.0, share)
    yield number(f"{address}_end", f"End{which}", CONTROL, 1.0, share)
    yield choice(f"{address}_mode", f"Balance{which}", CONTROL, modes, modes[0])
    yield choice(f"{address}_resize", f"To the size{which}", CONTROL, resizes, resizes[1])
    yield ParameterSpec(
        f"{address}_pixel_perfect", f"Pixel perfect{which}", Kind.BOOLEAN, True, None, CONTROL
    )


def script(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    """The script that runs instead of a plain generation, with its fields."""
    img2img = bool(values.get("image"))
    known = scripts.offered(offer.schema.get("scripts", ()), always=False, img2img=img2img)
    if not known or not offer.program.extras:
        return
    yield choice("script", SCRIPT, SCRIPT, tuple(known), optional=True, advanced=True)
    chosen = known.get(str(values.get("script")))
    if chosen is not None:
        yield from scripts.specs(chosen)


def extensions(offer: Offer, values: Mapping[str, Value]) -> Iterator[ParameterSpec]:
    """A slot for each always-on script that shall do something, with its fields."""
    img2img = bool(values.get("image"))
    known = scripts.offered(offer.schema.get("scripts", ()), always=True, img2img=img2img)
    if not known or not offer.program.extras:
        return
    shown: set[str] = set()
    for place, address in open_slots("extension", scripts.EXTENSION_SLOTS, values):
        label = "Extension" if place == 1 else f"Extension {place}"
        yield choice(address, label, EXTENSIONS, tuple(known), optional=True, advanced=True)
        chosen = known.get(str(values.get(address)))
        if chosen is not None and chosen["name"] not in shown:
            shown.add(chosen["name"])
            yield from scripts.specs(chosen)
