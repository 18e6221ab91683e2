"""The sidebar: making, naming, copying, deleting and finding sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.app.widgets.prompt_editor import PromptEditor
from darkroom.domain.profile import Profile
from tests.app.seeding import fill
from tests.app.shell import opened_core, shown

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.services.core import Core
    from tests.app.shell import Shell

WIDE = (160, 48)


async def names(shell: Shell) -> list[str]:
    return [session.name for session in await shell.core.sessions.list()]


async def test_sessions_are_listed_last_used_first_with_counts(full: Core) -> None:
    async with shown(full, size=WIDE) as shell:
        lines = [line[:27].strip(" ▌▸▕") for line in shell.text().splitlines()[2:6]]
        assert [line.split("  ")[0].strip() for line in lines] == [
            "harbour studies",
            "dragons",
            "product shots",
            "faces",
        ]
        assert lines[0].endswith("13 · 2✗")
        assert lines[1].endswith("2 · 1✗")


async def test_enter_opens_another_session_with_its_own_history(full: Core) -> None:
    async with shown(full, size=WIDE) as shell:
        await shell.press("alt+1", "j", "enter")
        await shell.until(lambda: shell.main.session.name == "dragons", "the other session")
        await shell.sees("History · 3 generations")
        assert (await names(shell))[0] == "dragons"


async def test_new_rename_duplicate(full: Core) -> None:
    async with shown(full, size=WIDE) as shell:
        await shell.press("ctrl+n")
        await shell.until(lambda: shell.main.session.name == "new session", "a new session")
        await shell.sees("No pictures yet")
        assert shell.main.form.focus_field("steps")
        await shell.press("ctrl+n")
        await shell.until(lambda: shell.main.session.name == "new session 2", "another")
        await shell.until(lambda: isinstance(shell.app.focused, PromptEditor), "the cursor in the prompt")
        await shell.press("alt+1", "f2")
        await shell.sees("Name of the session")
        await shell.press("ctrl+u", *"night", "enter")
        await shell.sees("▸ night")
        await shell.press("alt+1", "D")
        await shell.until(lambda: shell.main.session.name == "night 2", "a copy")


async def test_a_new_session_stays_on_the_server_in_use(tmp_path: Path) -> None:
    async with opened_core(tmp_path / "home", profiles=[Profile("box", url="http://127.0.0.1:1")]) as core:
        await fill(core, profile="demo")
        async with shown(core, size=WIDE) as shell:
            assert shell.main.profile == "demo"
            await shell.press("ctrl+n")
            await shell.until(lambda: shell.main.session.name == "new session", "a new session")
            assert shell.main.profile == "demo"


async def test_the_server_of_an_opened_session_is_watched(tmp_path: Path) -> None:
    async with opened_core(tmp_path / "home", profiles=[Profile("box", url="http://127.0.0.1:1")]) as core:
        await fill(core, profile="demo")
        other = next(session for session in await core.sessions.list() if session.name == "dragons")
        first = await core.sessions.last()
        await core.sessions.use(other.id, workflow_id="txt2img", profile="box")
        await core.sessions.use(first.id, workflow_id="txt2img", profile="demo")
        async with shown(core, size=WIDE) as shell:
            await shell.press("alt+1", "j", "enter")
            await shell.until(lambda: shell.main.profile == "box", "the other session")
            await shell.sees("box ○ Nothing answers")


async def test_a_session_without_a_server_is_not_given_the_demo(core: Core) -> None:
    async with shown(core, size=WIDE) as shell:
        await shell.sees("No server yet")
        await shell.press("escape", "ctrl+n")
        await shell.until(lambda: shell.main.session.name == "new session", "a new session")
        await shell.until(lambda: shell.main.profile == "", "no server")
        assert {session.profile for session in await core.sessions.list()} == {""}


async def test_keys_are_heard_after_the_workflow_was_changed(full: Core) -> None:
    graph = (
        '{"1": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64, "batch_size": 1}}}'
    )
    other = await full.workflows.import_text(graph, "other")
    async with shown(full, size=(80, 24)) as shell:
        await shell.press("alt+2")
        await shell.main.use_workflow(other.id)
        await shell.until(lambda: shell.main.focused is not None, "a focus")
        await shell.press("alt+4")
        await shell.until(lambda: shell.main.has_class("-show-history"), "the history")


async def test_delete_and_undo(full: Core) -> None:
    async with shown(full, size=WIDE) as shell:
        await shell.press("alt+1", "j", "d")
        await shell.until(lambda: "dragons" not in shell.text().split("History")[0], "it left")
        assert "dragons" not in await names(shell)
        await shell.press("z")
        await shell.until(lambda: "   dragons" in shell.text(), "it is back")


async def test_deleting_the_open_session_opens_the_next(full: Core) -> None:
    async with shown(full, size=WIDE) as shell:
        await shell.press("alt+1", "d")
        await shell.until(lambda: shell.main.session.name == "dragons", "the next session")


async def test_filter(full: Core) -> None:
    async with shown(full, size=WIDE) as shell:
        await shell.press("alt+1", "slash", *"shot")
        await shell.until(lambda: "dragons" not in shell.text(), "filtered")
        assert "product shots" in shell.text()
        await shell.press("enter", "enter")
        await shell.until(lambda: shell.main.session.name == "product shots", "opened")


async def test_what_was_typed_stays_with_its_session(full: Core) -> None:
    async with shown(full, size=WIDE) as shell:
        shell.main.form.set_values({"prompt": "for the harbour"})
        await shell.press("alt+1", "j", "enter")
        await shell.until(lambda: shell.main.session.name == "dragons", "the other session")
        assert shell.main.form.values()["prompt"] != "for the harbour"
        await shell.press("alt+1", "j", "enter")
        await shell.until(lambda: shell.main.session.name == "harbour studies", "back")
        assert shell.main.form.values()["prompt"] == "for the harbour"
