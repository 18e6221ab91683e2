"""The form of the session that is open: which workflow and server, and what was typed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from darkroom.domain.parameters import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.parameters import Value
    from darkroom.services.core import Core
    from darkroom.services.forms import FormState


def _place(state: FormState) -> tuple[str, str, str]:
    """What a form is of: another session, server or workflow has another."""
    return state.session_id, state.profile.name, state.workflow.id


class Desk:
    """Holds the state of the form, and keeps drafts.

    Attributes:
        state: As it was last loaded into the form.
    """

    def __init__(self, core: Core, state: FormState) -> None:
        self._core = core
        self.state = state

    def rebuild(self, values: Mapping[str, Value]) -> FormState:
        """The form for changed values; it is the desk's from now on."""
        self.state = self._core.forms.rebuild(self.state, values)
        return self.state

    async def refresh(self, values: Mapping[str, Value]) -> bool:
        """Asks the server what it offers now; whether the form has to be loaded anew.

        Raises:
            ConnectorError: The server cannot be asked.
        """
        before = self.state
        fresh = await self._core.forms.refresh(self._core.forms.rebuild(before, values))
        if self.state is not before:
            if _place(self.state) != _place(before):
                return False
            # The form was made anew while the server answered: what it answered holds for that one too.
            before = self.state
            fresh = self._core.forms.rebuild(
                replace(before, catalog=fresh.catalog, others=fresh.others, known=True), {}
            )
        changed = fresh.form != before.form or not before.known
        if changed:
            self.state = fresh
        return changed

    async def save_draft(self, values: Mapping[str, Value]) -> None:
        """Keeps what was typed and not sent.

        Raises:
            StoreError: It could not be written.
        """
        state = self.state
        fields = state.fields
        typed = {
            address: value
            for address, value in values.items()
            if address not in fields
            or fields[address].value != value
            or fields[address].origin is Origin.TYPED
        }
        await self._core.forms.save_draft(state.session_id, state.memory, typed)
