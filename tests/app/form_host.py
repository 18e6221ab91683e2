"""An app that holds nothing but what is tested, with Darkroom's themes and stylesheets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from textual.app import App

from darkroom.app.layouts import StagedScreen
from darkroom.app.themes import DARK, THEMES, fallback_variables
from darkroom.app.widgets.form import ParameterForm
from darkroom.config.paths import styles_folder
from darkroom.domain.form import Field, Form
from darkroom.domain.parameters import SEED_MAX, Kind, Origin, ParameterSpec, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.app import ComposeResult
    from textual.message import Message

    from darkroom.domain.parameters import Value

HOSTILE = "a [blurry] [/lora] \x1b[31mred \u202eright to left"

SPECS = (
    ParameterSpec("6.text", "Prompt", Kind.TEXT, "", Role.PROMPT, "Prompt", multiline=True),
    ParameterSpec("7.text", "Negative", Kind.TEXT, "", Role.NEGATIVE, "Prompt", multiline=True),
    ParameterSpec(
        "4.ckpt_name",
        "Checkpoint",
        Kind.CHOICE,
        role=Role.CHECKPOINT,
        section="Model",
        choices=("sd_xl_base_1.0.safetensors", "dreamshaper_8.safetensors"),
    ),
    ParameterSpec(
        "lora.name",
        "LoRA",
        Kind.CHOICE,
        role=Role.LORA,
        section="Model",
        choices=("detail.safetensors", "ink.safetensors"),
        optional=True,
    ),
    ParameterSpec("3.steps", "Steps", Kind.INTEGER, 20, Role.STEPS, "Sampling", 1, 10000),
    ParameterSpec("3.cfg", "CFG", Kind.NUMBER, 8.0, Role.CFG_SCALE, "Sampling", 0.0, 100.0, 0.1, 2),
    ParameterSpec("3.seed", "Seed", Kind.SEED, 0, Role.SEED, "Sampling", 0, SEED_MAX),
    ParameterSpec("3.tiled", "Tiled", Kind.BOOLEAN, False, None, "Sampling"),
    ParameterSpec("5.width", "Width", Kind.INTEGER, 512, Role.WIDTH, "Size", 16, 16384, 8),
    ParameterSpec("5.height", "Height", Kind.INTEGER, 512, Role.HEIGHT, "Size", 16, 16384, 8),
    ParameterSpec("9.prefix", "Prefix", Kind.TEXT, "darkroom", None, "Saving", advanced=True),
    ParameterSpec("10.image", "Image", Kind.IMAGE, None, Role.IMAGE, "Saving", optional=True, advanced=True),
)
VALUES: dict[str, Value] = {
    "6.text": "a quiet harbour",
    "4.ckpt_name": "sd_xl_base_1.0.safetensors",
    "5.width": 1024,
    "5.height": 768,
    "3.seed": -1,
}


@dataclass(frozen=True)
class State:
    """A form with its values, as the services give it."""

    form: Form
    fields: Mapping[str, Field] = field(default_factory=dict)


def state(
    specs: Iterable[ParameterSpec] = SPECS,
    values: Mapping[str, Value] = VALUES,
    notes: tuple[str, ...] = (),
) -> State:
    """`specs` holding `values`, or their own defaults."""
    specs = tuple(specs)
    return State(
        Form(specs, notes),
        {s.address: Field(values.get(s.address, s.default), Origin.SYSTEM) for s in specs},
    )


class StyledApp(App[Any]):
    """An app with Darkroom's themes and all of its stylesheets."""

    def __init__(self, theme: str = "darkroom-dark") -> None:
        folder = styles_folder()
        super().__init__(css_path=[folder / "base.tcss", *sorted(folder.glob("*/*.tcss"))])
        for known in THEMES:
            self.register_theme(known)
        self.theme = theme

    def get_default_screen(self) -> StagedScreen[None]:
        return StagedScreen()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {**super().get_theme_variable_defaults(), **fallback_variables(DARK)}


class FormHost(StyledApp):
    """Holds one form and keeps what it says."""

    def __init__(self, initial: State | None = None, theme: str = "darkroom-dark") -> None:
        super().__init__(theme)
        self.initial = initial or state()
        self.said: list[Message] = []
        self.told: list[dict[str, Value]] = []

    def compose(self) -> ComposeResult:
        yield ParameterForm()

    def on_mount(self) -> None:
        self.form.load(self.initial)

    @property
    def form(self) -> ParameterForm:
        return self.query_one(ParameterForm)

    def on_parameter_form_changed(self, event: ParameterForm.Changed) -> None:
        self.said.append(event)
        self.told.append(event.values)

    def on_parameter_form_rebuild_wanted(self, event: ParameterForm.RebuildWanted) -> None:
        self.said.append(event)
