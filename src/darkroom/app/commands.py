"""The two palettes: what can be done, and what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Provider
from textual.content import Content

from darkroom.app.bindings import action_of
from darkroom.app.screens.main import MainScreen
from darkroom.app.widgets.history.list import HistoryList
from darkroom.app.widgets.history.rows import facts
from darkroom.app.widgets.sessions import SessionList
from darkroom.config.keymap import KEYS
from darkroom.domain.parameters import Role
from darkroom.domain.text import excerpt, plural

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from textual.command import Hits
    from textual.dom import DOMNode

    from darkroom.config.keymap import Key

FOUND_PICTURES = 12
FOUND_VALUES = 12
"""Most hits of a kind; one more letter finds the rest."""


class KeyCommands(Provider):
    """Every action of the key table that can run on the screen below, with its key."""

    def _commands(self) -> Iterator[tuple[Key, Callable[[], object]]]:
        for key in KEYS:
            action = action_of(key.id)
            node = next((n for n in self._nodes(key.group) if hasattr(n, f"action_{action}")), None)
            if node is not None and key.id != "commands" and node.check_action(action, ()):
                yield key, _runner(node, action)

    def _nodes(self, group: str) -> tuple[DOMNode, ...]:
        screen = self.screen
        if group == "global":
            return (*((self.focused,) if self.focused else ()), screen, self.app)
        if isinstance(screen, MainScreen):
            if group == "sessions":
                return (screen.query_one(SessionList),)
            return (screen.query_one(HistoryList),) if group == "history" else ()
        own = (*((self.focused,) if self.focused else ()), screen)
        return own if group in ("history", "queue", "batch", "gallery", "viewer") else ()

    async def discover(self) -> Hits:
        """All of them, in the order of the key table."""
        for key, run in self._commands():
            yield DiscoveryHit(Content(_name(key)), run, _name(key), help=_help(key))

    async def search(self, query: str) -> Hits:
        """Those that match."""
        matcher = self.matcher(query)
        for key, run in self._commands():
            score = max(matcher.match(_name(key)), matcher.match(key.help) * 0.8)
            if score > 0:
                yield Hit(score, matcher.highlight(_name(key)), run, _name(key), help=_help(key))


def _name(key: Key) -> str:
    return key.label if key.group == "global" else f"{key.group}: {key.label}"


def _help(key: Key) -> str:
    # Markup is read in it, so a bracket among the keys must be escaped.
    return f"{key.shown()}  {key.help}".replace("[", r"\[")


def _runner(node: DOMNode, action: str) -> Callable[[], object]:
    return lambda: node.app.call_later(node.app.run_action, action, node)


class ThingsFinder(Provider):
    """Sessions by name, pictures by prompt, and what the form could choose."""

    @property
    def _main(self) -> MainScreen:
        screen = self.screen
        if not isinstance(screen, MainScreen):
            raise TypeError("things are found from the main screen")
        return screen

    async def discover(self) -> Hits:
        """The sessions used last."""
        for session in (await self._main.core.sessions.list())[:FOUND_VALUES]:
            yield DiscoveryHit(
                Content(f"Session  {session.name}"),
                lambda session=session: self._main.open_found(session.id),
                session.name,
                help=plural(session.complete, "picture"),
            )

    async def search(self, query: str) -> Hits:
        """Sessions, values and pictures that match, in this order where they match alike."""
        async for hit in self._sessions(query):
            yield hit
        for hit in self._values(query):
            yield hit
        async for hit in self._pictures(query):
            yield hit

    async def _sessions(self, query: str) -> AsyncIterator[Hit]:
        matcher = self.matcher(query)
        for session in await self._main.core.sessions.list():
            score = matcher.match(session.name)
            if score > 0:
                shown = Content.assemble(("Session  ", "dim"), matcher.highlight(session.name))
                yield Hit(score, shown, lambda s=session: self._main.open_found(s.id), session.name)

    def _values(self, query: str) -> Iterator[Hit]:
        matcher = self.matcher(query)
        found = []
        for spec in self._main.desk.state.form.specs:
            if spec.role not in (Role.CHECKPOINT, Role.LORA, Role.VAE):
                continue
            for choice in spec.choices:
                score = matcher.match(choice)
                if score > 0:
                    shown = Content.assemble((f"{spec.label}  ", "dim"), matcher.highlight(choice))
                    values = {spec.address: choice}
                    found.append(Hit(score, shown, lambda v=values: self._main.fill_in(v), choice))
        yield from sorted(found, reverse=True)[:FOUND_VALUES]

    async def _pictures(self, query: str) -> AsyncIterator[Hit]:
        matcher = self.matcher(query)
        for summary in await self._main.core.history.search(query, limit=FOUND_PICTURES):
            name = excerpt(summary.prompt, 80)
            shown = Content.assemble(("Picture  ", "dim"), matcher.highlight(name))
            yield Hit(
                max(matcher.match(name), 0.3),
                shown,
                lambda s=summary: self._main.open_found(s.session_id, s.id),
                name,
                help=f"{facts(summary)} · seed {summary.seed}".replace("[", r"\["),
            )
