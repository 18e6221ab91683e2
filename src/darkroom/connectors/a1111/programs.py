"""What the programs that speak AUTOMATIC1111's API can do of it.

Source: Forge f2.0.1 (recordings); AUTOMATIC1111 1.10 `modules/api`; SD.Next `modules/api`;
stable-diffusion.cpp `examples/server/routes_sdapi.cpp`; KoboldCpp `koboldcpp.py`.
"""

from __future__ import annotations

from typing import NamedTuple

A1111 = "AUTOMATIC1111"
FORGE = "Forge"
SDNEXT = "SD.Next"
SDCPP = "stable-diffusion.cpp"
KOBOLD = "KoboldCpp"

ALL, NAMES = "all", "names"


class Program(NamedTuple):
    """What one program does with a request.

    Attributes:
        name: As `identify` calls it.
        overrides: It takes `override_settings`: checkpoint, VAE, CLIP skip by request.
        modules: VAE and text encoders are one list, `forge_additional_modules`; and it takes distilled
            guidance.
        lora_tags: LoRAs stand in the prompt; otherwise in a field of their own.
        clip_field: CLIP skip is a field of its own.
        extras: Subseeds, batches, styles, tiling, refiner, scripts, always-on scripts, extras tab.
        controlnet: Units go to the always-on script of that name.
        hires: It makes a second, larger pass.
        faces: It restores faces by a model that a request can choose.
        recovery: Its files can be named beforehand and fetched afterwards.
        tells: Whether its infotexts are compared with what was asked for: all of them, or only names
            that may have been replaced, or nothing.
    """

    name: str
    overrides: bool = True
    modules: bool = False
    lora_tags: bool = True
    clip_field: bool = False
    extras: bool = True
    controlnet: bool = True
    hires: bool = True
    faces: bool = True
    recovery: bool = True
    tells: str = ALL


PROGRAMS = {
    program.name: program
    for program in (
        Program(A1111),
        Program(FORGE, modules=True),
        Program(SDNEXT, controlnet=False, faces=False, recovery=False, tells=NAMES),
        Program(
            SDCPP,
            overrides=False,
            lora_tags=False,
            clip_field=True,
            extras=False,
            controlnet=False,
            faces=False,
            recovery=False,
            tells="",
        ),
        Program(
            KOBOLD,
            overrides=False,
            clip_field=True,
            extras=False,
            controlnet=False,
            hires=False,
            faces=False,
            recovery=False,
            tells="",
        ),
    )
}


def program(name: object) -> Program:
    """The program of this name; an unknown one is taken for AUTOMATIC1111."""
    return PROGRAMS.get(name, PROGRAMS[A1111]) if isinstance(name, str) else PROGRAMS[A1111]
