"""What a parameter is, in words: tooltips and the help screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.app.widgets.form.reading import show
from darkroom.domain.parameters import Kind, Origin
from darkroom.domain.text import excerpt, plural, printable

if TYPE_CHECKING:
    from darkroom.domain.parameters import ParameterSpec, Value

_WHAT = {
    Kind.INTEGER: "a whole number",
    Kind.NUMBER: "a number",
    Kind.BOOLEAN: "yes or no",
    Kind.TEXT: "text",
    Kind.CHOICE: "one of a list",
    Kind.SEED: "a seed: random, or a whole number",
    Kind.IMAGE: "the path of a picture",
}


def range_text(spec: ParameterSpec) -> str:
    """The limits as "1 … 10000", "at least 1", "at most 10"; "" when there are none."""
    low = None if spec.minimum is None else _plain(spec.minimum)
    high = None if spec.maximum is None else _plain(spec.maximum)
    if low and high:
        return f"{low} … {high}"
    if low:
        return f"at least {low}"
    return f"at most {high}" if high else ""


def explanation(spec: ParameterSpec, value: Value, origin: Origin | None) -> str:
    """A parameter in a few lines, without markup and safe to show.

    Args:
        spec: The parameter.
        value: What it holds; left out when `origin` is `None`.
        origin: Where the value came from; `None` to tell of the parameter alone.
    """
    lines = [f"{printable(spec.label)} · {_WHAT[spec.kind]}"]
    if spec.help:
        lines.append(excerpt(spec.help, 600))
    limits = [range_text(spec)] if spec.kind is not Kind.CHOICE else [plural(len(spec.choices), "choice")]
    if spec.step is not None:
        limits.append(f"steps of {_plain(spec.step)}")
    if spec.default not in (None, ""):
        limits.append(f"the server's default is {excerpt(show(spec, spec.default), 60)}")
    if spec.optional:
        limits.append("may be none")
    if any(limits):
        lines.append(" · ".join(filter(None, limits)))
    if origin is not None:
        shown = excerpt(show(spec, value), 80) or "nothing"
        lines.append(f"Now {shown}: {origin}")
    names = dict.fromkeys(filter(None, (printable(spec.address), spec.role and str(spec.role))))
    lines.append("Called " + " or ".join(names))
    return "\n".join(lines)


def _plain(number: float | int) -> str:
    return f"{number:g}" if isinstance(number, float) else str(number)
