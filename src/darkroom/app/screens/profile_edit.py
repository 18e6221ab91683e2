"""One server: its name, its address, and what it wants to know before it answers."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding

from darkroom.app.screens.dialog import button
from darkroom.app.screens.form_dialog import FormDialog
from darkroom.app.screens.profile_fields import EMPTY_URL, profile_from, specs_for, url_for, values_of
from darkroom.app.screens.server_words import described
from darkroom.app.widgets.form import ParameterForm
from darkroom.app.working import attempt
from darkroom.config.profilecheck import problems
from darkroom.domain.errors import InputError
from darkroom.domain.profile import Profile
from darkroom.domain.service import BASIC, LOGIN, NONE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from textual.binding import BindingType
    from textual.widgets import Button

    from darkroom.domain.parameters import Value
    from darkroom.services.core import Core


class ProfileEditScreen(FormDialog):
    """Ends with the name of the profile that was saved, or `None`.

    Args:
        core: Its profiles are changed, and asked.
        profile: What is changed; `None` for a new one.
        start: What a new one begins with; its service may be "" for one that is to be found by asking.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "test", "test", priority=True, tooltip="Ask the server, without keeping anything"),
    ]

    def __init__(self, core: Core, profile: Profile | None, *, start: Profile | None = None) -> None:
        super().__init__()
        self._core = core
        self._before = profile
        self._start = profile or start or Profile(name="", service="", url=EMPTY_URL)
        self._service = self._start.service or None
        self.dialog_title = "Add a server" if profile is None else f"Change {profile.name}"

    def buttons(self) -> Iterable[Button]:
        """Test, cancel, save."""
        return (button("Test (f5)", id="test"), *super().buttons())

    def on_mount(self) -> None:
        """Shows what there is; the first field that is to be filled has the focus."""
        self._load(values_of(self._start, service=self._service))
        self.form.focus_field(self._first())
        self.say(
            "A password or token stands in the environment, a file or a keyring: never in the configuration."
        )

    def _first(self) -> str:
        """The field that is to be filled first."""
        start = self._start
        if not start.name:
            return "name"
        if start.auth != NONE and not start.secret:
            return "username" if start.auth in (BASIC, LOGIN) and not start.username else "secret"
        return "url"

    def _load(self, values: Mapping[str, Value]) -> None:
        self.fill(specs_for(self._service), values)

    @on(ParameterForm.Changed)
    def _changed(self, event: ParameterForm.Changed) -> None:
        """Another service has other credentials, and another usual address."""
        event.stop()
        values = event.values
        service = values["service"]
        if service != self._service:
            before, self._service = self._service, service if isinstance(service, str) else None
            url = url_for(self._service, before, str(values["url"] or ""))
            self._load({**values, "url": url})

    def _checked(self) -> Profile | None:
        """The profile as typed; `None` when it cannot be used, with the fields marked."""
        values = self.form.values()
        try:
            profile = profile_from(values, self._before)
        except InputError as error:
            self._refuse({"defaults": error.title}, error.hint)
            return None
        # Which credentials fit is known with the service.
        wrong = [problem for problem in problems(profile) if self._service or problem.field != "auth"]
        taken = {known.name for known in (*self._core.profiles.list(), *self._core.profiles.inactive())}
        marks = {problem.field: problem.message for problem in reversed(wrong)}
        if profile.name in taken and (self._before is None or profile.name != self._before.name):
            marks.setdefault("name", "is taken")
        if marks:
            self._refuse(marks, "\n".join(filter(None, (problem.hint for problem in wrong))))
            return None
        self.form.mark({})
        return profile

    def _refuse(self, marks: Mapping[str, str], hint: str) -> None:
        self.form.mark(marks)
        self.say(hint)
        self.form.focus_first_problem()

    async def _settled(self, profile: Profile) -> Profile | None:
        """The profile with its service found by asking, where none was chosen; checked again with it.

        Raises:
            DarkroomError: The server cannot be asked, or is none that Darkroom drives.
        """
        if self._service:
            return profile
        found = await self._core.profiles.identify(profile)
        if found is None or not found.service:
            what = found.label if found is not None else "something that Darkroom does not know"
            raise InputError(
                f"What answers there is {what}",
                found.remark if found else "",
                "Choose the service if you know it",
            )
        self.form.set_values({"service": found.service})
        self._service = found.service
        self._load(self.form.values())
        return self._checked()

    def action_test(self) -> None:
        """Asks the server as it is typed."""
        self._do(self._test, "testing a server")

    def action_save(self) -> None:
        """Keeps it; without a service, the server is asked first."""
        self._do(self._save, "saving a server")

    def _do(self, deed: Callable[[Profile], Awaitable[None]], description: str) -> None:
        profile = self._checked()
        if profile is not None:
            self.say("Asking …" if deed == self._test or not self._service else "")
            told = self.told(partial(self._settle_and, deed, profile))
            attempt(self, told, group="ask", exclusive=True, description=description)

    async def _settle_and(self, deed: Callable[[Profile], Awaitable[None]], profile: Profile) -> None:
        settled = await self._settled(profile)
        if settled is not None:
            await deed(settled)

    async def _test(self, profile: Profile) -> None:
        self.say(described(await self._core.profiles.test(profile)), "good")

    async def _save(self, profile: Profile) -> None:
        replacing = self._before.name if self._before is not None else ""
        await asyncio.to_thread(self._core.profiles.save, profile, replacing=replacing)
        self.dismiss(profile.name)
