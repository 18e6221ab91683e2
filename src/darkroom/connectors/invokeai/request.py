"""What is asked for, in InvokeAI's terms: values with nothing left open, models found, prompts checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from darkroom.connectors.invokeai import offer
from darkroom.connectors.invokeai.bases import TABLE, Base
from darkroom.connectors.invokeai.fields import PICTURES_MAX, SEED_MAX
from darkroom.connectors.invokeai.form import chosen_model, form
from darkroom.domain.defaults import DENOISE_WITH_IMAGE, SYSTEM_DEFAULTS
from darkroom.domain.errors import Rejected
from darkroom.domain.parameters import Kind
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.connectors.invokeai.offer import Model, Offer
    from darkroom.domain.parameters import Value
    from darkroom.domain.server import Catalog
    from darkroom.domain.snapshot import Snapshot

PLACE = "{prompt}"
"""Stands in a style's template for what was typed. Source: InvokeAI 6.14.2, `GET /api/v1/style_presets/`."""

_EMPTY_GROUP = re.compile(r"\(\s*\)(?:[+-]+|\d*\.?\d+)?")


class Uploaded(NamedTuple):
    """A picture that is on the server."""

    name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Request:
    """One request, checked.

    Attributes:
        generation_id: Our name for the job.
        values: Every value of the form by address.
        offered: What the server offers.
        main: The main model.
        pictures: Pictures fed in, by address.
        profile: For errors.
    """

    generation_id: str
    values: Mapping[str, Value]
    offered: Offer
    main: Model
    pictures: Mapping[str, Uploaded]
    profile: str = ""

    @property
    def base(self) -> Base:
        """What is special about the model's base."""
        return TABLE[self.main.base]

    def text(self, address: str) -> str:
        """A text, "" where there is none."""
        value = self.values.get(address)
        return value if isinstance(value, str) else ""

    def number(self, address: str, default: float = 0) -> int | float:
        """A number."""
        value = self.values.get(address)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else default

    def whole(self, address: str, default: int = 0) -> int:
        """A whole number."""
        return int(self.number(address, default))

    def model(self, kinds: str | tuple[str, ...], address: str) -> Model | None:
        """The model that a field names; `None` when none is chosen.

        Raises:
            Rejected: The server does not have it, or not for this base.
        """
        label = self.text(address)
        if not label:
            return None
        found = self.offered.find(kinds, label, self.main.base)
        if found is None:
            raise rejected(self.profile, address, f"the server has no “{excerpt(label, 60)}” for this model")
        return found

    def needed(self, kind: str, address: str) -> Model:
        """The same for a model that the graph cannot do without."""
        found = self.model(kind, address)
        if found is None:
            raise rejected(self.profile, address, "needed for this model; install one on the server")
        return found

    def board(self) -> str:
        """Id of the board, "" for none.

        Raises:
            Rejected: There is no such board: the server would ignore that without a word.
        """
        label = self.text("board")
        if not label:
            return ""
        boards = self.offered.boards()
        if label not in boards:
            raise rejected(self.profile, "board", f"the server has no board “{excerpt(label, 60)}”")
        return boards[label]

    def prompts(self) -> tuple[str, str]:
        """Prompt and negative prompt, put into the style's templates."""
        prompt, negative = encodable(self.text("prompt")), encodable(self.text("negative"))
        style = self.text("style")
        if not style:
            return prompt, negative
        styles = self.offered.styles()
        if style not in styles:
            raise rejected(self.profile, "style", f"the server has no style “{excerpt(style, 60)}”")
        return _filled(styles[style][0], prompt), _filled(styles[style][1], negative)

    def seeds(self) -> list[int]:
        """A seed for each picture: counted up from the first, around at the end of the range."""
        first, count = self.whole("seed"), self.whole("batch_size", 1)
        return [(first + index) % (SEED_MAX + 1) for index in range(count)]


def with_defaults(snapshot: Snapshot, catalog: Catalog) -> dict[str, Value]:
    """The snapshot's values, and the form's defaults for those it lacks."""
    values = dict(snapshot.values)
    values.update({address: address for address in snapshot.inputs if not values.get(address)})
    made = form(catalog, snapshot.mode, None, values)
    for spec in made.specs:
        if values.get(spec.address) is not None or spec.optional:
            continue
        by_role = SYSTEM_DEFAULTS.get(str(spec.role)) if spec.role is not None else None
        usable = by_role is not None and (spec.kind is not Kind.CHOICE or by_role in spec.choices)
        first = spec.choices[0] if spec.choices else None
        default = spec.default if spec.default is not None else first
        values[spec.address] = made.own.get(spec.address, by_role if usable else default)
    return values


def make_request(
    generation_id: str,
    snapshot: Snapshot,
    catalog: Catalog,
    pictures: Mapping[str, Uploaded],
    profile: str,
) -> Request:
    """The checked request for a picture from text.

    Raises:
        Rejected: Something of it is not on the server, or would make the job fail there.
    """
    offered = offer.Offer(catalog.schema)
    values = with_defaults(snapshot, catalog)
    main = chosen_model(offered, values)
    if main is None or (values.get("checkpoint") and main.label != values["checkpoint"]):
        label = excerpt(str(values.get("checkpoint") or ""), 60)
        why = f"the server has no “{label}” that can be used" if label else "the server has no model"
        raise rejected(profile, "checkpoint", why)
    request = Request(generation_id, values, offered, main, pictures, profile)
    _check(request)
    return request


def _check(request: Request) -> None:
    """Refuses what the server would take and then fail on, or stumble over for ever."""
    grid = request.base.grid_px
    problems = {
        address: f"a multiple of {grid} for this model"
        for address in ("width", "height")
        if request.whole(address) % grid or request.whole(address) <= 0
    }
    if not 0 <= request.whole("seed") <= SEED_MAX:
        problems["seed"] = f"0 to {SEED_MAX}"
    if not 1 <= request.whole("batch_size", 1) <= PICTURES_MAX:
        problems["batch_size"] = f"1 to {PICTURES_MAX}"
    if request.text("scheduler") not in request.offered.listed(request.base.schedulers):
        problems["scheduler"] = f"the server has no “{excerpt(request.text('scheduler'), 40)}” for this model"
    if request.base.guided:
        for address, prompt in zip(("prompt", "negative"), request.prompts(), strict=True):
            if is_hollow(prompt):
                problems[address] = "holds nothing but empty groups, on which the server fails"
    if problems:
        raise Rejected(
            "The server would fail on this",
            "",
            "Correct the marked fields",
            profile=request.profile,
            problems=problems,
        )


def is_hollow(prompt: str) -> bool:
    """Whether a prompt consists of empty groups alone: Compel fails on it with an IndexError.

    Beside other words an empty group does no harm.
    Source: InvokeAI 6.14.2 with compel 2.5.1, tried with some 500 prompts.
    """
    before, rest = None, prompt
    while before != rest:
        before, rest = rest, _EMPTY_GROUP.sub("", rest)
    return bool(prompt.strip()) and not rest.strip()


def encodable(text: str) -> str:
    """`text` with lone surrogates replaced: a tokenizer fails on them, and the job with it."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _filled(template: str, typed: str) -> str:
    """A style's template with what was typed. Without a place for it, the template follows."""
    if PLACE in template:
        return template.replace(PLACE, typed)
    return " ".join(filter(None, (typed, template)))


def start_of(denoise: float, *, flux: bool) -> float:
    """Where denoising starts: the server counts from noise, the form what is painted anew.

    FLUX decides most of a picture in its first steps, so the scale is bent as InvokeAI's own page
    bends it. Source: InvokeAI 6.14.2, its page.
    """
    strength = denoise**0.2 if flux else denoise
    return round(1 - strength, 6)


def denoise_of(request: Request) -> float:
    """How much of the picture is painted anew, 0 to 1."""
    return float(request.number("denoise", DENOISE_WITH_IMAGE))


def rejected(profile: str, address: str, why: str) -> Rejected:
    """The error for one field."""
    return Rejected(f"{address}: {why}", "", "Choose again", profile=profile, problems={address: why})
