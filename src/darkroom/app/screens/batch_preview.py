"""What a batch would be: how many jobs, in which order, how long, and what is wrong with it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.content import Content

from darkroom.app.screens.batch_typed import beside, read
from darkroom.domain.errors import DarkroomError, Rejected
from darkroom.domain.text import excerpt, plural, printable
from darkroom.services.batches import UnfitValues

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.app.screens.batch_typed import Typed
    from darkroom.domain.batch.axis import Axis
    from darkroom.domain.parameters import Value
    from darkroom.services.batches import Composed, Forecast
    from darkroom.services.core import Core
    from darkroom.services.forms import FormState

LABELS = 9
"""Labels of an axis that are named; of more, the first and the last."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What was found out.

    Attributes:
        composed: The batch as it can be added; `None` when something is wrong, or before it was looked at.
        forecast: How long it takes; there is one whenever it can be added.
        marks: What is wrong, by the field that it stands beside.
        error: What is wrong with all of it.
    """

    composed: Composed | None = None
    forecast: Forecast | None = None
    marks: Mapping[int | str, str] = field(default_factory=dict)
    error: DarkroomError | None = None

    def words(self) -> Content:
        """All of it, line by line."""
        if self.error is not None:
            return Content("\n").join(
                Content.styled(printable(line), "$text-error" if not n else "$quiet")
                for n, line in enumerate(self.error.lines())
            )
        if self.marks:
            return Content.styled("Correct what is marked; nothing is added before", "$quiet")
        if self.composed is None:
            return Content.styled("Counting …", "$quiet")
        plan = self.composed.plan
        lines = [Content.assemble((plural(len(plan), "job"), "bold"), (f", {self.takes()}", "$foreground"))]
        lines += [_axis(axis, outermost=n == 0 and len(plan.axes) > 1) for n, axis in enumerate(plan.axes)]
        if not plan.axes:
            lines.append(Content.styled("Nothing differs yet: name an axis, a list, or more seeds", "$quiet"))
        return Content("\n").join(lines)

    def takes(self) -> str:
        """How long, as far as anything like it was ever made."""
        found = self.forecast
        if found is None or found.seconds is None:
            return "unknown how long: nothing like it was made there so far"
        said = f"about {duration(found.seconds)}"
        if found.unmeasured:
            said += f", and {plural(found.unmeasured, 'job')} more that were never measured"
        return said


async def preview(
    core: Core, state: FormState, values: Mapping[str, Value], profile: str, typed: Typed
) -> Preview:
    """Reads what was typed, and composes it. Keeps nothing; what is wrong is in the answer."""
    reading = await asyncio.to_thread(read, typed)
    try:
        composed = await core.batches.compose(
            state.session_id, profile, state.workflow, values, reading.wanted
        )
        if reading.marks:
            return Preview(marks=reading.marks)
        return Preview(composed, await core.batches.forecast(composed))
    except UnfitValues as error:
        return Preview(marks={**beside(error.unfit, reading.owners), **reading.marks})
    except Rejected as error:
        wrong = Rejected(f"In the form: {error.title}", hint="Escape, and correct it there")
        return Preview(marks=reading.marks, error=wrong)
    except DarkroomError as error:
        return Preview(marks=reading.marks, error=error)


def _axis(axis: Axis, *, outermost: bool) -> Content:
    labels = axis.labels
    if len(labels) > LABELS:
        labels = (*labels[:3], "…", labels[-1])
    said = ", ".join(excerpt(label, 40) for label in labels)
    note = "   changes least often" if outermost else ""
    return Content.assemble(
        (f"{excerpt(axis.name, 30)} ", "$quiet"),
        (f"×{len(axis.points):,}  ", "$accent"),
        said,
        (note, "$faint"),
    )


def duration(seconds: float) -> str:
    """“40 s”, "12 min", "3 h 20 min"."""
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes // 60:,} h {minutes % 60} min"
