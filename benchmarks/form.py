"""What a large form costs: one of 200 fields beside one of 20, in processor time, in one process.

Processor time, because what counts is work: repaints wait for their beat whatever the form is like.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from textual import events
from textual.app import App

from benchmarks.figures import Figure, median, spread
from darkroom.app.layouts import StagedScreen
from darkroom.app.themes import DARK, THEMES, fallback_variables
from darkroom.app.widgets.form import ParameterForm
from darkroom.app.widgets.form.section import Section
from darkroom.config.paths import styles_folder
from darkroom.domain.form import Field, Form
from darkroom.domain.parameters import Kind, Origin, ParameterSpec, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.app import ComposeResult

    from benchmarks.__main__ import Options
    from darkroom.domain.parameters import Value

SIZE = (80, 24)
"""Small enough that both forms fill it."""
SMALL, LARGE = 20, 200
SHOWN = 42
"""Fields of a form that shows as many rows unfolded as the large one, and has no folded sections."""

A_SECTION = 9
"""Fields of a section."""

FOLDED = "Section 0"
"""The first section, which both forms have and show folded."""

CHOICES = 5000
FEW = 50
SETTLED_S = 0.02
"""How long the program rests before what was asked of it counts as done."""

RESTING_S = 0.001
"""Processor time of a rest, at most."""

HELP = "What the server says of it, in some sentences that go on for a while. " * 8


@dataclass(frozen=True)
class State:
    """What a form is loaded from."""

    form: Form
    fields: Mapping[str, Field]


def specs(fields: int, slots: int = 1, choices: int = CHOICES) -> tuple[ParameterSpec, ...]:
    """A form as A1111 with many scripts has it: prompts, LoRA slots, and sections of all kinds of fields."""
    names = tuple(f"folder/model number {n:05d}.safetensors" for n in range(choices))
    found = [
        ParameterSpec("prompt", "Prompt", Kind.TEXT, "", Role.PROMPT, "Prompt", multiline=True),
        ParameterSpec("negative", "Negative", Kind.TEXT, "", Role.NEGATIVE, "Prompt", multiline=True),
    ]
    found += [
        ParameterSpec(
            f"lora_{slot}",
            "LoRA",
            Kind.CHOICE,
            None,
            Role.LORA,
            "Model",
            choices=names,
            optional=True,
            help=HELP,
        )
        for slot in range(slots)
    ]
    kinds = itertools.cycle((Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN, Kind.CHOICE, Kind.TEXT))
    defaults: dict[Kind, Value] = {Kind.INTEGER: 20, Kind.NUMBER: 0.5, Kind.BOOLEAN: False, Kind.TEXT: "text"}
    for n, kind in zip(range(fields - 3), kinds, strict=False):
        found.append(
            ParameterSpec(
                f"field_{n}",
                f"Field {n}",
                kind,
                defaults.get(kind, names[-1]),
                section=f"Section {n // A_SECTION}",
                choices=names if kind is Kind.CHOICE else (),
                help=HELP,
                advanced=n < A_SECTION,
            )
        )
    return tuple(found)


def state(made: tuple[ParameterSpec, ...], values: Mapping[str, Value]) -> State:
    """`made` with its defaults, or `values`."""
    fields = {s.address: Field(values.get(s.address, s.default), Origin.SYSTEM) for s in made}
    return State(Form(made), fields)


class FormApp(App[None]):
    """Shows one form as the main screen does."""

    def __init__(self, shown: State) -> None:
        folder = styles_folder()
        super().__init__(css_path=[folder / "base.tcss", *sorted(folder.glob("*/*.tcss"))])
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = "darkroom-dark"
        self.form = ParameterForm()
        self.form.load(shown)

    def get_default_screen(self) -> StagedScreen[None]:
        """As the main screen is."""
        return StagedScreen()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The colours that the style sheets ask for."""
        return {**super().get_theme_variable_defaults(), **fallback_variables(DARK)}

    def compose(self) -> ComposeResult:
        """The form."""
        yield self.form


async def settled() -> None:
    """Waits until nothing is left to do."""
    while True:
        before = time.process_time()
        await asyncio.sleep(SETTLED_S)
        if time.process_time() - before < RESTING_S:
            return


async def cost_ms(act: Callable[[], object]) -> float:
    """Processor time of `act` and of all that follows from it."""
    before = time.process_time()
    act()
    await settled()
    return 1000 * (time.process_time() - before)


@dataclass
class Costs:
    """Processor time in ms, a number for each run."""

    opening: list[float] = field(default_factory=list)
    key: list[float] = field(default_factory=list)
    unfolding: list[float] = field(default_factory=list)
    rebuilding: list[float] = field(default_factory=list)
    listing: list[float] = field(default_factory=list)
    filtering: list[float] = field(default_factory=list)

    async def add(self, one: State, two: State) -> None:
        """Opens the form `one`, and does in it what people do; `two` has the next slot for a LoRA."""
        app = FormApp(one)
        before = time.process_time()
        async with app.run_test(size=SIZE):
            await settled()
            self.opening.append(1000 * (time.process_time() - before))
            form = app.form
            form.focus_field("prompt")
            await settled()
            for letter in "quiet ":
                self.key.append(await cost_ms(partial(app.post_message, events.Key(letter, letter))))
            section = next(section for section in form.query(Section) if section.key == FOLDED)
            section.header.focus()
            await settled()
            self.unfolding.append(await cost_ms(partial(section.fold, False)))
            form.focus_field("lora_0")
            await settled()
            self.rebuilding.append(await cost_ms(partial(form.load, two)))
            self.listing.append(await cost_ms(partial(app.post_message, events.Key("enter", None))))
            self.filtering.append(await cost_ms(partial(app.post_message, events.Key("m", "m"))))


async def _measure(runs: int) -> tuple[Costs, Costs, Costs, Costs]:
    """The large form, the small one, the one without folded sections, the small one with few choices."""
    kinds = [
        [state(specs(fields, slots, choices), {"prompt": "a quiet harbour"}) for slots in (1, 2)]
        for fields, choices in ((LARGE, CHOICES), (SMALL, CHOICES), (SHOWN, CHOICES), (SMALL, FEW))
    ]
    for one, two in kinds:  # warms up
        await Costs().add(one, two)
    costs = (Costs(), Costs(), Costs(), Costs())
    for _ in range(runs):
        for cost, (one, two) in zip(costs, kinds, strict=True):
            await cost.add(one, two)
    return costs


def measure(options: Options) -> list[Figure]:
    """All forms in turn, so that a busy machine is busy for each."""
    large, small, shown, few = asyncio.run(_measure(max(5, options.runs // 2)))
    beside = f"{LARGE} fields, beside {SMALL}"
    return [
        _figure(f"a key in a prompt: {beside}", large.key, small.key, 1.15),
        _figure(f"opening: {LARGE} fields, beside {SHOWN}, none folded", large.opening, shown.opening, 1.5),
        _figure(f"unfolding a section: {beside}", large.unfolding, small.unfolding, 1.5),
        _figure(f"rebuilding for the next LoRA: {beside}", large.rebuilding, small.rebuilding, 1.5),
        _figure(f"opening a list: {CHOICES} choices, beside {FEW}", small.listing, few.listing, 1.5),
        _figure(
            f"first letter in a list: {CHOICES} choices, beside {FEW}", small.filtering, few.filtering, 10
        ),
    ]


def _figure(name: str, ours: list[float], theirs: list[float], most: float) -> Figure:
    return Figure(
        name,
        median(ours),
        median(theirs),
        "ms",
        f"at most {most:g}×, in processor time",
        median(ours) <= most * median(theirs),
        f"{spread(ours)}; yardstick {spread(theirs)}",
    )
