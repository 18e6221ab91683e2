"""The library of workflows: the built-in ones and those a person imported."""

from __future__ import annotations

import asyncio
import json
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from darkroom.domain.errors import InputError
from darkroom.domain.service import SERVICES
from darkroom.domain.text import excerpt
from darkroom.domain.workflow import BUILT_IN, Workflow

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.domain.session import Session
    from darkroom.store.store import Store

NAME_LENGTH = 80
"""Longest name, in characters."""


class WorkflowLibrary:
    """The workflows by name; the built-in ones are always there and cannot be changed."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def list(self) -> tuple[Workflow, ...]:
        """All workflows, the built-in ones first, then by name."""
        found = await self._store.workflows.list()
        return tuple(sorted(found, key=lambda w: (w.id != BUILT_IN.id, not w.built_in, w.name.casefold())))

    async def get(self, workflow_id: str) -> Workflow | None:
        """The workflow with this id, or `None` when it was deleted."""
        return await self._store.workflows.get(workflow_id)

    async def default(self) -> Workflow:
        """The workflow used when none is asked for."""
        return next((w for w in await self.list() if w.is_default), BUILT_IN)

    async def of_session(self, session: Session | None, service: str) -> Workflow:
        """The workflow to begin with: the session's last one, else the default one.

        Where the service cannot run it, the first built-in one.
        """
        last = await self.get(session.workflow_id) if session is not None and session.workflow_id else None
        chosen = last or await self.default()
        return chosen if SERVICES[service].runs(chosen) else BUILT_IN

    async def named(self, name: str) -> Workflow:
        """The workflow with this name.

        Raises:
            InputError: There is none; the hint lists the names.
        """
        workflows = await self.list()
        found = next((w for w in workflows if w.name == name), None)
        if found is None:
            raise InputError(
                f"No workflow is called “{excerpt(name, 60)}”",
                hint="There are: " + ", ".join(w.name for w in workflows),
            )
        return found

    async def import_file(self, path: Path, name: str = "") -> Workflow:
        """Takes a workflow from an API-format JSON file, or from a PNG's `prompt` chunk.

        A document in the form of ComfyUI's web page is kept verbatim, though it cannot be run yet:
        then the workflow that comes back is not `runnable`.

        Raises:
            InputError: The file cannot be read, or holds no workflow.
        """
        # Who opens the program seldom imports a workflow.
        from darkroom.services.workflow_files import read_file

        return await self._add(await asyncio.to_thread(read_file, path), name or path.stem)

    async def import_text(self, text: str, name: str) -> Workflow:
        """Takes a workflow from JSON, as `import_file` does.

        Raises:
            InputError: The text holds no workflow.
        """
        from darkroom.services.workflow_files import read_text

        return await self._add(await asyncio.to_thread(read_text, text), name)

    async def _add(self, found: Workflow, name: str) -> Workflow:
        taken = {workflow.name.casefold() for workflow in await self.list()}
        stem = name = excerpt(name.strip() or "workflow", NAME_LENGTH)
        number = 2
        while name.casefold() in taken:
            name, number = f"{stem} {number}", number + 1
        return await self._store.workflows.add(replace(found, id=uuid.uuid4().hex, name=name))

    async def update(self, workflow: Workflow) -> None:
        """Keeps a changed name, description or defaults.

        Raises:
            InputError: The name is empty or taken, or it is a built-in workflow.
        """
        if workflow.built_in:
            raise InputError("The built-in workflows cannot be changed")
        if not workflow.name.strip():
            raise InputError("A workflow needs a name", hint="Type one or more letters")
        if any(w.name == workflow.name and w.id != workflow.id for w in await self.list()):
            raise InputError(f"“{excerpt(workflow.name, 60)}” is taken", hint="Choose another name")
        await self._store.workflows.update(
            replace(workflow, name=excerpt(workflow.name.strip(), NAME_LENGTH))
        )

    async def set_default(self, workflow_id: str) -> None:
        """Makes a workflow the one that is used when none is asked for."""
        await self._store.workflows.set_default(workflow_id)

    async def delete(self, workflow_id: str) -> None:
        """Deletes a workflow; generations made with it keep their own copy of the graph.

        Raises:
            InputError: It is a built-in one.
        """
        await self._store.workflows.delete(workflow_id)


def to_api_json(graph: object) -> str:
    """A graph as ComfyUI's API format, indented, as `POST /prompt` and *Open* accept it."""
    return json.dumps(graph, ensure_ascii=False, indent=2) + "\n"
