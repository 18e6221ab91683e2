"""Fooocus's page as `/config` describes it: which functions make a picture, and what they take and give.

Nothing has a name there: functions are numbers, inputs positions. All of it is derived anew from every
`/config`, because it changes with release and configuration.

Source: Gradio 3.41.2 `GET /config`; Fooocus 2.5.5, recordings `config-*`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from darkroom.connectors.fooocus.meanings import meanings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MANY_INPUTS = 40
"""No other function has so many inputs: the one that takes the whole page has 97 at least, 153 as a rule."""

_VERSION = re.compile(r"\d+(?:\.\d+)+")


class _Foreign(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Component(_Foreign):
    """One element of the page."""

    id: int
    type: str
    props: dict[str, Any] = Field(default_factory=dict)

    @property
    def label(self) -> object:
        """What stands beside it; any value, it is foreign."""
        return self.props.get("label")

    @property
    def element(self) -> str:
        """Its id in the browser's page, "" without one."""
        return str(self.props.get("elem_id") or "")


class _Types(_Foreign):
    generator: bool = False


class Function(_Foreign):
    """One function of the page; its number is its position."""

    targets: list[Any] = Field(default_factory=list)
    inputs: list[int] = Field(default_factory=list)
    outputs: list[int] = Field(default_factory=list)
    queue: bool | None = None
    types: _Types = Field(default_factory=_Types)
    trigger_after: int | None = None


class Config(_Foreign):
    """What `/config` answers, as far as it is needed."""

    version: str = ""
    title: str = ""
    components: list[Component]
    dependencies: list[Function]


@dataclass(frozen=True, slots=True)
class Shows:
    """Where in the generator's answer something stands; -1 for nowhere.

    Attributes:
        progress: HTML with a bar and a line of text.
        preview: A picture in the making, as a `data:` URI.
        results: Pictures finished so far.
        gallery: The pictures at the end.
    """

    progress: int = -1
    preview: int = -1
    results: int = -1
    gallery: int = -1


@dataclass(frozen=True, slots=True)
class Page:
    """What is needed of one page to make pictures with it.

    Attributes:
        version: Of Fooocus ("2.5.5"), "" when the title says none.
        build: Number of the function that takes all inputs and keeps the task at the server.
        generate: Number of the function that runs the task and tells of it.
        stop: Number of the function behind the stop button; `None` without one.
        log: Number of the function that says where the day's log of pictures is; `None` without one.
        names: Meaning of each input, "" when unknown; see `meanings`.
        values: What each input holds when nobody touched it.
        shows: How to read the generator's answers.
        props: What `/config` says of the inputs with a meaning, by it.
    """

    version: str
    build: int
    generate: int
    stop: int | None
    log: int | None
    names: tuple[str, ...]
    values: tuple[Any, ...]
    shows: Shows
    props: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def slots(self, prefix: str) -> int:
        """How many of `prefix_1`, `prefix_2` … there are."""
        numbers = (name.removeprefix(f"{prefix}_") for name in self.names if name.startswith(f"{prefix}_"))
        return max((int(number) for number in numbers if number.isdecimal()), default=0)


def read_page(config: Config) -> Page | None:
    """The page, or `None` when it is not Fooocus's (or one of a release that works in another way). Pure."""
    components = {component.id: component for component in config.components}
    functions = config.dependencies
    found = _pair(functions)
    if found is None:
        return None
    build, generate = found
    nothing = Component(id=-1, type="")
    inputs = [components.get(number, nothing) for number in functions[build].inputs]
    names = meanings(inputs)
    shows = _shows([components.get(number, nothing) for number in functions[generate].outputs])
    if "prompt" not in names or "seed" not in names or shows.gallery < 0:
        return None
    version = _VERSION.search(config.title)
    return Page(
        version[0] if version else "",
        build,
        generate,
        _stop(functions, components, functions[generate].inputs),
        _log(functions, components),
        names,
        tuple(component.props.get("value") for component in inputs),
        shows,
        {name: component.props for name, component in zip(names, inputs, strict=True) if name},
    )


def _pair(functions: Sequence[Function]) -> tuple[int, int] | None:
    """The function that takes the whole page, and the generator that runs right after it on its result."""
    for number, function in enumerate(functions):
        before = function.trigger_after
        if not function.types.generator or before is None or not 0 <= before < len(functions):
            continue
        builder = functions[before]
        if len(builder.inputs) >= MANY_INPUTS and builder.outputs == function.inputs:
            return before, number
    return None


def _shows(outputs: Sequence[Component]) -> Shows:
    where: dict[str, list[int]] = {}
    for at, component in enumerate(outputs):
        where.setdefault(component.type, []).append(at)
    galleries = where.get("gallery", [])
    return Shows(
        progress=where.get("html", [-1])[0],
        preview=where.get("image", [-1])[0],
        results=galleries[0] if len(galleries) > 1 else -1,
        gallery=galleries[-1] if galleries else -1,
    )


def _stop(
    functions: Sequence[Function], components: Mapping[int, Component], state: Sequence[int]
) -> int | None:
    for number, function in enumerate(functions):
        for component in _targets(function, components):
            named = component.element == "stop_button" or component.props.get("value") == "Stop"
            if component.type == "button" and named and list(function.inputs) == list(state):
                return number
    return None


def _log(functions: Sequence[Function], components: Mapping[int, Component]) -> int | None:
    """The function without inputs that writes one piece of HTML: the link to the log."""
    for number, function in enumerate(functions):
        shown = [components[at].type for at in function.outputs if at in components]
        if not function.inputs and shown == ["html"] and function.queue is False:
            return number
    return None


def _targets(function: Function, components: Mapping[int, Component]) -> Iterator[Component]:
    for target in function.targets:
        # Later Gradio 3 writes pairs of component and event.
        number = target[0] if isinstance(target, list) and target else target
        if isinstance(number, int) and number in components:
            yield components[number]
