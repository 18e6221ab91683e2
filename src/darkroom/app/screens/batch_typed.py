"""What a person typed for a batch, and what that means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from darkroom.app.widgets.form.dropped import dropped_path, file_meant
from darkroom.domain.batch.promptlist import MAX_BYTES, read_list
from darkroom.domain.batch.sweep import parse_axis
from darkroom.domain.errors import InputError
from darkroom.domain.queue import Priority
from darkroom.domain.text import excerpt
from darkroom.services.batching.wanted import Templating, Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from darkroom.domain.batch.axis import Axis
    from darkroom.services.batches import Unfit

COUNT = "count"
PROMPTS = "prompts"
"""Keys of `Wrong.marks` for the fields that are no axis; those of axes are their indexes."""

PASTED = "the pasted lines"


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of the screen, as they stand.

    Attributes:
        axes: A line each; empty ones do not count.
        count: How many seeds.
        own_seeds: A random seed is drawn for each job.
        prompts: Path of a prompt list.
        pasted: Lines that were pasted instead; "" for none.
        templates: What becomes of templates in prompts.
        priority: Of all its jobs.
        paused: They wait until they are resumed.
    """

    axes: tuple[str, ...] = ()
    count: str = "1"
    own_seeds: bool = False
    prompts: str = ""
    pasted: str = ""
    templates: Templating = Templating.OFF
    priority: Priority = Priority.NORMAL
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What was typed, as far as it can be read without a server.

    Attributes:
        wanted: What differs from job to job, as far as that can be read.
        marks: What is wrong, by index of the axis, `COUNT` or `PROMPTS`.
        owners: Which field an axis came from, by its name.
    """

    wanted: Wanted
    marks: Mapping[int | str, str]
    owners: Mapping[str, int | str] = field(default_factory=dict)


def read(typed: Typed) -> Reading:
    """Reads what was typed, a prompt list from the disk. Blocking: run it in a thread."""
    marks: dict[int | str, str] = {}
    owners: dict[str, int | str] = {}
    axes: list[Axis] = []
    try:
        listed = _prompts(typed)
        if listed is not None:
            axes.append(listed)
            owners[listed.name] = PROMPTS
    except InputError as error:
        marks[PROMPTS] = _words(error)
    for index, text in enumerate(typed.axes):
        if not text.strip():
            continue
        try:
            axis = parse_axis(text)
        except InputError as error:
            marks[index] = _words(error)
            continue
        if axis.name in owners:
            marks[index] = (
                "the prompt list sets it" if owners[axis.name] == PROMPTS else "it stands there twice"
            )
            continue
        owners[axis.name] = index
        axes.append(axis)
    count = _count(typed.count, marks)
    wanted = Wanted(tuple(axes), count, typed.templates, own_seeds=typed.own_seeds)
    return Reading(wanted, marks, owners)


def _count(text: str, marks: dict[int | str, str]) -> int:
    try:
        count = int(text or "1")
    except ValueError:
        marks[COUNT] = "a whole number"
        return 1
    if count < 1:
        marks[COUNT] = "at least 1"
    return max(count, 1)


def _prompts(typed: Typed) -> Axis | None:
    if typed.pasted:
        return read_list(typed.pasted.encode(), PASTED)
    if not typed.prompts.strip():
        return None
    path = file_meant(dropped_path(typed.prompts))
    try:
        # Not a pipe or a device: those may never end.
        if not path.is_file():
            raise InputError("There is no such file")
        with path.open("rb") as file:
            return read_list(file.read(MAX_BYTES + 1), path.name)
    except OSError as error:
        raise InputError("It cannot be read", error.strerror or str(error)) from error


def _words(error: InputError) -> str:
    return ". ".join(part for part in (error.title, error.detail, error.hint) if part)


def beside(unfit: Sequence[Unfit], owners: Mapping[str, int | str]) -> dict[int | str, str]:
    """What is wrong with values, beside the fields that they came from; the first of each in full.

    Values of axes that nobody typed (seeds) are beside the count.
    """
    by_owner: dict[int | str, list[Unfit]] = {}
    for one in unfit:
        by_owner.setdefault(owners.get(one.axis, COUNT), []).append(one)
    return {owner: _together(found) for owner, found in by_owner.items()}


def _together(found: Sequence[Unfit]) -> str:
    alike = [one for one in found if one.why == found[0].why]
    first = found[0]
    where = f" on {excerpt(first.server, 30)}" if first.server else ""
    labels = ", ".join(excerpt(one.label, 40) for one in alike[:4])
    more = len(found) - len(alike[:4])
    rest = f" … and {more} more" if more else ""
    if "no such field" in first.why:
        return f"{excerpt(first.name, 40)}{where}: {first.why}"
    return f"{labels}{where}: {first.why}{rest}"
