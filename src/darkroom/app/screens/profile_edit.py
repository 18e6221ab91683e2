"""One server: its name, its address, and what it wants to know before it answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Button, Static

from darkroom.app.screens.dialog import Dialog, button
from darkroom.app.screens.profile_fields import SPECS, profile_from, values_of
from darkroom.app.widgets.form import ParameterForm
from darkroom.app.working import attempt
from darkroom.config.profilecheck import problems
from darkroom.domain.errors import DarkroomError
from darkroom.domain.form import Field, Form
from darkroom.domain.parameters import Origin
from darkroom.domain.profile import Profile
from darkroom.domain.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.binding import BindingType
    from textual.widget import Widget

    from darkroom.services.core import Core


@dataclass(frozen=True)
class _State:
    form: Form
    fields: Mapping[str, Field]


class ProfileEditScreen(Dialog[str]):
    """Ends with the name of the profile that was saved, or `None`.

    Args:
        core: Its profiles are changed, and asked.
        profile: What is changed; `None` for a new one.
    """

    DEFAULT_CSS: ClassVar[str] = """
    ProfileEditScreen ParameterForm { height: auto; max-height: 20; }
    ProfileEditScreen #profile-words { height: auto; min-height: 2; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+g", "save", "save", priority=True, tooltip="Keep it"),
        Binding("f5", "test", "test", priority=True, tooltip="Ask the server, without keeping anything"),
    ]

    def __init__(self, core: Core, profile: Profile | None) -> None:
        super().__init__()
        self._core = core
        self._before = profile
        self.dialog_title = "Add a server" if profile is None else f"Change {profile.name}"

    def content(self) -> Iterable[Widget]:
        """The fields, and the words below them."""
        yield ParameterForm()
        yield Static("", markup=False, id="profile-words")

    def buttons(self) -> Iterable[Button]:
        """Test, cancel, save."""
        return (
            button("Test (f5)", id="test"),
            button("Cancel", id="cancel"),
            button("Save (ctrl+g)", id="save", variant="primary"),
        )

    @property
    def _form(self) -> ParameterForm:
        return self.query_one(ParameterForm)

    def on_mount(self) -> None:
        """Shows what there is; the first field has the focus."""
        values = values_of(self._before or Profile(name="", url="http://"))
        fields = {spec.address: Field(values[spec.address], Origin.SYSTEM) for spec in SPECS}
        self._form.load(_State(Form(SPECS), fields))
        self._form.focus_field("name" if self._before is None else "url")
        self._say("A password or token stands in a file or in the environment, never in the configuration.")

    def _say(self, words: str, tone: str = "quiet") -> None:
        shown = self.query_one("#profile-words", Static)
        for known in ("quiet", "good", "bad"):
            shown.set_class(tone == known, f"-{known}")
        shown.update(Content(printable(words, keep_lines=True)))

    def _checked(self) -> Profile | None:
        """The profile as typed; `None` when it cannot be used, with the fields marked."""
        profile = profile_from(self._form.values(), self._before)
        wrong = problems(profile)
        taken = {known.name for known in self._core.profiles.list()}
        marks = {problem.field: problem.message for problem in reversed(wrong)}
        if profile.name in taken and (self._before is None or profile.name != self._before.name):
            marks.setdefault("name", "is taken")
        self._form.mark(marks)
        if not marks:
            return profile
        self._say("\n".join(filter(None, (problem.hint for problem in wrong))), "quiet")
        self._form.focus_first_problem()
        return None

    @on(Button.Pressed)
    async def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "cancel":
            self.dismiss(None)
        else:
            await self.run_action(event.button.id or "")

    def action_test(self) -> None:
        """Asks the server as it is typed."""
        profile = self._checked()
        if profile is not None:
            self._say("Asking …")
            attempt(self, self._test(profile), group="test", exclusive=True, description="testing a server")

    async def _test(self, profile: Profile) -> None:
        try:
            info = await self._core.profiles.test(profile)
        except DarkroomError as error:
            self._say("\n".join(error.lines()), "bad")
        else:
            self._say("\n".join((f"{info.label} is there", *info.devices)), "good")

    def action_save(self) -> None:
        """Keeps it."""
        profile = self._checked()
        if profile is not None:
            attempt(self, self._save(profile), group="save", exclusive=True, description="saving a server")

    async def _save(self, profile: Profile) -> None:
        replacing = self._before.name if self._before is not None else ""
        try:
            await asyncio.to_thread(self._core.profiles.save, profile, replacing=replacing)
        except DarkroomError as error:
            self._say("\n".join(error.lines()), "bad")
        else:
            self.dismiss(profile.name)
