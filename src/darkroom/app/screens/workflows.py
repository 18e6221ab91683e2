"""Workflows: which there are, bringing others in, and taking them out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from darkroom.app.screens.confirm import ConfirmScreen
from darkroom.app.screens.file import FileScreen
from darkroom.app.screens.listing import Deed, ListingScreen, Row, deed_bindings
from darkroom.app.screens.name import NameScreen
from darkroom.app.widgets.form.dropped import file_meant
from darkroom.app.widgets.lines import Piece
from darkroom.domain.text import excerpt, plural
from darkroom.domain.workflow import BUILT_IN, Workflow
from darkroom.services.exports import file_name
from darkroom.services.workflows import to_api_json

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType

    from darkroom.services.core import Core

ENDINGS = (".json", ".png")
"""Files that can hold a workflow."""

NOT_RUNNABLE = (
    "It is in the form of ComfyUI's web page, which Darkroom keeps but cannot run yet.\n"
    "In ComfyUI choose Workflow, Export (API), and import that file."
)


class WorkflowsScreen(ListingScreen):
    """The library; what is pasted into it is imported. Ends with the id of the workflow to use, or `None`."""

    dialog_title = "Workflows"
    DEEDS: ClassVar[tuple[Deed, ...]] = (
        Deed("choose", "enter", "use", "Make pictures with this workflow"),
        Deed("bring", "i", "import", "Take one in: API-format JSON, or a PNG that ComfyUI saved"),
        Deed("rename", "r", "rename", "Give it another name"),
        Deed("describe", "t", "describe", "Say what it is for"),
        Deed("prefer", "m", "make default", "Use it whenever none is asked for"),
        Deed("export", "x", "export", "Write it to a file that ComfyUI accepts"),
        Deed("delete", "d", "delete", "Take it out of the library; pictures keep their own copy"),
    )
    BINDINGS: ClassVar[list[BindingType]] = deed_bindings(DEEDS)

    def __init__(self, core: Core, current: str = "") -> None:
        """`current` is the id of the workflow in use."""
        super().__init__()
        self._core = core
        self._current = current
        self._workflows: dict[str, Workflow] = {}

    def on_mount(self) -> None:
        """Lists them."""
        self.say("Paste a workflow's JSON, or drop its file, to import it.")
        self.work(self._show(self._current), "listing the workflows")

    async def _show(self, at: str = "") -> None:
        self._workflows = {workflow.id: workflow for workflow in await self._core.workflows.list()}
        self.rows.show([self._row(workflow) for workflow in self._workflows.values()], at)

    def _row(self, workflow: Workflow) -> Row:
        mark = Piece("▸ " if workflow.id == self._current else "  ", "accent")
        default = [Piece("  default", "accent")] if workflow.is_default else []
        if not workflow.runnable:
            default = [Piece("  cannot run yet", "warn")]
        used = f"  used {plural(workflow.use_count, 'time')}" if workflow.use_count else "  not used yet"
        words = Piece(f"  {excerpt(workflow.description, 80)}", "quiet")
        left = [mark, Piece(excerpt(workflow.name, 48), "strong"), *default, words]
        return Row(workflow.id, left, [Piece(used, "faint")])

    def _workflow(self) -> Workflow:
        return self._workflows.get(self.rows.current(), BUILT_IN)

    def on_paste(self, event: events.Paste) -> None:
        """Imports what is pasted: JSON, or the path of a file."""
        event.stop()
        self.work(self._import(event.text), "importing a workflow")

    def action_bring(self) -> None:
        """Asks for a file."""
        self.work(self._bring(), "importing a workflow")

    async def _bring(self) -> str | None:
        path = await self.app.push_screen_wait(
            FileScreen("Import a workflow", endings=ENDINGS, detail="API-format JSON, or a PNG from ComfyUI")
        )
        return await self._import(path) if path else None

    async def _import(self, text: str) -> str | None:
        library = self._core.workflows
        if text.lstrip().startswith(("{", "[")):
            workflow = await library.import_text(text, "pasted")
        else:
            workflow = await library.import_file(file_meant(text))
        await self._show(workflow.id)
        if not workflow.runnable:
            self.say(f"Kept: {excerpt(workflow.name, 60)}\n{NOT_RUNNABLE}", "bad")
            return None
        return f"Imported: {excerpt(workflow.name, 60)}. r renames it, enter uses it"

    def action_choose(self) -> None:
        """Ends with the one under the cursor, where it can be run."""
        if self._workflow().runnable:
            super().action_choose()
        else:
            self.say(NOT_RUNNABLE, "bad")

    def action_rename(self) -> None:
        """Asks for another name."""
        self.work(self._rename(self._workflow()), "renaming a workflow")

    async def _rename(self, workflow: Workflow) -> str | None:
        name = await self.app.push_screen_wait(NameScreen("Name of the workflow", workflow.name))
        return await self._update(replace(workflow, name=name)) if name else None

    def action_describe(self) -> None:
        """Asks for a description."""
        self.work(self._describe(self._workflow()), "describing a workflow")

    async def _describe(self, workflow: Workflow) -> str | None:
        words = await self.app.push_screen_wait(
            NameScreen("What it is for", workflow.description, empty=True, detail=workflow.name)
        )
        return None if words is None else await self._update(replace(workflow, description=words))

    async def _update(self, workflow: Workflow) -> str:
        await self._core.workflows.update(workflow)
        await self._show(workflow.id)
        return f"Kept: {excerpt(workflow.name, 60)}"

    def action_prefer(self) -> None:
        """Makes the one under the cursor the default."""
        if self._workflow().runnable:
            self.work(self._prefer(self._workflow()), "choosing the default workflow")
        else:
            self.say(NOT_RUNNABLE, "bad")

    async def _prefer(self, workflow: Workflow) -> str:
        await self._core.workflows.set_default(workflow.id)
        await self._show(workflow.id)
        return f"Used when none is asked for: {excerpt(workflow.name, 60)}"

    def action_export(self) -> None:
        """Asks where to, and writes it."""
        workflow = self._workflow()
        if workflow.built_in:
            self.say("The built-in workflows are made anew for each picture: export one from the history (w)")
        else:
            self.work(self._export(workflow), "exporting a workflow")

    async def _export(self, workflow: Workflow) -> str | None:
        proposed = Path.cwd() / f"{file_name(workflow.name)}.json"
        path = await self.app.push_screen_wait(FileScreen("Export to", str(proposed), endings=(".json",)))
        if not path:
            return None
        target = file_meant(path)
        content = to_api_json(workflow.graph) if workflow.runnable else workflow.document
        return f"Written: {await self._core.exports.text(content, target)}"

    def action_delete(self) -> None:
        """Deletes the one under the cursor, after asking."""
        self.work(self._delete(self._workflow()), "deleting a workflow")

    async def _delete(self, workflow: Workflow) -> str | None:
        question = ConfirmScreen(
            f"Delete the workflow “{excerpt(workflow.name, 40)}”?",
            "This cannot be undone. Pictures made with it keep their own copy of it.",
            yes="Delete",
        )
        if not workflow.built_in and not await self.app.push_screen_wait(question):
            return None
        await self._core.workflows.delete(workflow.id)
        await self._show()
        return f"Deleted: {excerpt(workflow.name, 60)}"
