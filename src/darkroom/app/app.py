"""The Textual program: themes, keys that work on every screen, and the way from the core to the screens."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import App

from darkroom.app import stylesheets
from darkroom.app.altkeys import ALT_SENDS_ESCAPE, let_alt_keys_through
from darkroom.app.bindings import bindings, keymap
from darkroom.app.board import Board
from darkroom.app.deeds import Deeds
from darkroom.app.graphics import graphics_of
from darkroom.app.pacing import Pacing
from darkroom.app.screens.main import MainScreen
from darkroom.app.themes import DARK, THEMES, fallback_variables
from darkroom.app.widgets.history.thumbnails import COLUMNS, LINES, Thumbnails
from darkroom.app.working import attempt, tell, tell_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from textual.actions import ActionParseResult
    from textual.binding import BindingType
    from textual.command import Provider
    from textual.dom import DOMNode
    from textual.driver import Driver
    from textual.message_pump import MessagePump
    from textual.strip import Strip
    from textual.theme import Theme

    from darkroom.app.jumper import Target
    from darkroom.app.leaving import Leaving
    from darkroom.app.opening import Opened
    from darkroom.config.settings import Loaded
    from darkroom.domain.session import Session
    from darkroom.services.attention import Attention
    from darkroom.services.core import Core
    from darkroom.services.notices import Notices


def _key_commands() -> type[Provider]:
    # Imported when the palette is first opened.
    from darkroom.app.commands import KeyCommands

    return KeyCommands


def _go(target: Target | None) -> None:
    if target is not None:
        target.go()


class DarkroomApp(App[int], inherit_bindings=False):
    """The program around its screens. The core is opened before, and closed after, by `main.run_app`."""

    TITLE = "Darkroom"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("global", only=("commands", "help", "theme", "images", "quit", "find", "jump"))
    ]
    COMMANDS = {_key_commands}  # noqa: RUF012 - Textual declares it so
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        core: Core,
        loaded: Loaded,
        opened: Opened,
        sessions: Sequence[Session],
        *,
        clock: Callable[[], float] = time.monotonic,
        driver_class: type[Driver] | None = None,
    ) -> None:
        """The program on what was read.

        Args:
            core: The services.
            loaded: The configuration.
            opened: The session to show.
            sessions: All of them, for the sidebar.
            clock: Seconds that never go back.
            driver_class: Of the terminal; Textual's own choice when left out.
        """
        let_alt_keys_through()
        super().__init__(driver_class=driver_class, css_path=[*stylesheets.first()])
        self.core = core
        self._loaded = loaded
        self._opened = opened
        self._sessions = sessions
        self._clock = clock
        self._pacing = Pacing(clock)
        self._attention: Attention | None = None
        self._notices: Notices | None = None
        self.leaving: Leaving | None = None
        """Somebody is on the way out, and what is to be done then."""
        self._is_lent = False
        for theme in THEMES:
            self.register_theme(theme)
        wanted = loaded.settings.theme
        self._begin_with(wanted if wanted in self.available_themes else DARK.name)
        self.set_keymap(keymap(loaded.settings.keys))

    def _begin_with(self, theme: str) -> None:
        """Sets the first theme before anything is styled; assigning it would style everything twice."""
        self.set_reactive(App.theme, theme)
        dark = self.current_theme.dark
        self.set_class(dark, "-dark-mode", update=False)
        self.set_class(not dark, "-light-mode", update=False)
        self.add_class(f"-theme-{theme}", update=False)
        self.stylesheet.set_variables(self.get_css_variables())

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Darkroom's own tokens, for themes that do not know them."""
        return fallback_variables(self.current_theme)

    def get_default_screen(self) -> MainScreen:
        """The main screen, on what was read from the store."""
        self.main = MainScreen(
            self.core,
            self._opened,
            self._sessions,
            board=Board(self._clock),
            thumbnails=Thumbnails(self._thumbnail),
            deeds=Deeds(self.core, self._write),
            pacing=self._pacing,
        )
        return self.main

    async def on_event(self, event: events.Event) -> None:
        """Notes when somebody types, wherever the key goes, and that somebody is there."""
        if isinstance(event, events.Key | events.Paste):
            self._pacing.typed()
        if self._attention is not None and isinstance(event, events.InputEvent | events.Paste):
            self._attention.seen()
        await super().on_event(event)

    def on_app_focus(self) -> None:
        """The terminal gained the focus, if it tells of it."""
        graphics_of(self).ask_again()
        if self._attention is not None:
            self._attention.focus(True)

    def on_resize(self) -> None:
        """Another size may be another terminal, or another size of its cells."""
        graphics_of(self).ask_again()

    def on_app_blur(self) -> None:
        """The terminal lost the focus."""
        if self._attention is not None:
            self._attention.focus(False)

    def on_mount(self) -> None:
        """Listens to the core, and tells what was wrong with the configuration."""
        self._updates = self.core.updates(self._pacing.news_every_s)
        self._ends = self.core.updates(self._pacing.news_every_s)
        self._write(ALT_SENDS_ESCAPE)
        self.theme_changed_signal.subscribe(self, self._theme_changed)
        graphics_of(self).use(self._loaded.settings.images)
        for error in self._loaded.errors:
            tell(self, "\n".join(error.lines()))
        self.call_after_refresh(self._follow_up)

    def _follow_up(self) -> None:
        """What the first frame did without: the news from the core, and the styles of other screens."""
        from darkroom.app.bridge import carry
        from darkroom.images.encoded import EncodedCache

        if not gc.isenabled():
            # What is there now stays; no later search for garbage has to look at it.
            gc.freeze()
            gc.enable()
        attempt(self, carry(self._updates, self._listeners), group="updates", description="carrying updates")
        self._tell_ends()
        graphics_of(self).begin()
        graphics_of(self).encoded = EncodedCache(self.core.paths.cache / "encoded")
        self.stylesheet.read_all(stylesheets.others())
        self.stylesheet.parse()

    def _tell_ends(self) -> None:
        """From now on tells what becomes of the work, also to who looks elsewhere."""
        from darkroom.services.attention import Attention
        from darkroom.services.notices import Notices

        self._attention = Attention(self._clock)
        self._attention.focus(self.app_focus)
        self._notices = Notices.of(
            self.core,
            self._ends,
            say=self._say,
            away=self._attention.away,
            complain=lambda error: tell_error(self, error),
        )
        self.app_suspend_signal.subscribe(self, lambda _: self._lend(True), immediate=True)
        self.app_resume_signal.subscribe(self, lambda _: self._lend(False), immediate=True)
        self._notices.start()

    def _lend(self, lent: bool) -> None:
        self._is_lent = lent
        if self._attention is not None:
            self._attention.seen()
        if not lent:
            # After SIGTSTP and `fg` Textual 8.2 paints only what changes: its own screen is empty by then.
            self.refresh(layout=True)

    def _say(self, sequence: str) -> None:
        """Writes what changes nothing on the screen, also past an editor that has the terminal meanwhile."""
        if not self._is_lent:
            self._write(sequence)
        elif sys.__stdout__ is not None:
            # The driver's thread is stopped: what it is given then is never read.
            with suppress(OSError):
                sys.__stdout__.write(sequence)
                sys.__stdout__.flush()

    async def on_unmount(self) -> None:
        """Tells no more; who leaves is there."""
        if self._notices is not None:
            await self._notices.aclose()

    def _listeners(self) -> Iterable[MessagePump]:
        return tuple(self.screen_stack)

    def _thumbnail(self, blob_hash: str) -> Sequence[Strip]:
        # Pillow and numpy are imported here, in a thread, when the first thumbnail is drawn.
        from darkroom.app.widgets.picture import thumbnail_box, thumbnail_strips
        from darkroom.images.thumbnail import ThumbnailCache

        cache = ThumbnailCache(self.core.paths.cache / "thumbnails")
        image = cache.thumbnail(
            self.core.store.blobs.path(blob_hash), blob_hash, thumbnail_box(COLUMNS, LINES)
        )
        return thumbnail_strips(image, COLUMNS, LINES, few=self.console.color_system == "256")

    def _write(self, sequence: str) -> None:
        if self._driver is not None:
            self._driver.write(sequence)

    def _theme_changed(self, theme: Theme) -> None:
        attempt(self, self._keep_theme(theme.name), group="theme", description="keeping the theme")

    async def _keep_theme(self, name: str) -> None:
        # Few starts change a setting.
        from darkroom.config.writing import write_setting

        await asyncio.to_thread(write_setting, self.core.paths, "theme", name)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Runs an action; one that can do nothing now says why."""
        ran = await super().run_action(action, default_namespace, namespaces)
        if not ran and isinstance(action, str):
            why = getattr(default_namespace, "why_not", None)
            reason = why(action) if why is not None else ""
            if reason:
                tell(self, reason)
                return True
        return ran

    def action_commands(self) -> None:
        """Opens the command palette."""
        self.action_command_palette()

    def action_find(self) -> None:
        """Opens the palette of things: sessions, pictures, models."""
        from textual.command import CommandPalette

        from darkroom.app.commands import ThingsFinder

        if self.screen is self.main:
            self.push_screen(CommandPalette([ThingsFinder], placeholder="Find a session, picture or model"))

    def action_help(self) -> None:
        """Explains what has the focus, and lists its keys."""
        from darkroom.app.screens.help import HelpScreen
        from darkroom.app.screens.jump import JumpScreen

        if isinstance(self.screen, HelpScreen | JumpScreen):
            return
        self.push_screen(HelpScreen.explain(self.screen, self._loaded.settings.keys))

    def action_jump(self) -> None:
        """Puts letters on everything that can be reached."""
        from darkroom.app.jumper import targets
        from darkroom.app.screens.jump import JumpScreen

        if isinstance(self.screen, JumpScreen):
            return
        self.push_screen(JumpScreen(targets(self.screen)), _go)

    def action_theme(self) -> None:
        """Opens the choice of colours."""
        self.search_themes()

    def action_images(self) -> None:
        """Draws pictures another way, until the program ends."""
        choice = graphics_of(self).cycle()
        tell(self, f"Pictures: {choice.protocol}\n{choice.reason}")

    async def action_quit(self) -> None:
        """Leaves; what was typed is kept, and whatever is left to do goes on as the person wants it."""
        again = getattr(self.screen, "quit_again", None)
        if again is not None:
            again()
        elif self.leaving is None:
            attempt(self, self._leave(), group="quit", description="leaving")

    async def _leave(self) -> None:
        from darkroom.app.leaving import Leaving

        self.leaving = Leaving(self)
        try:
            stays = not await self.leaving.leave()
        except BaseException:
            self.leaving = None
            raise
        if stays:
            self.leaving = None

    def hang_up(self, status: int) -> None:
        """The terminal is gone: nobody can be asked any more."""
        if self.is_running:
            self.leaving = None
            self.exit(status)
