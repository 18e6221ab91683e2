"""The server's settings: changed for one job, and put back where the server forgets to.

`override_settings` of a request are undone by the server only for keys that its own configuration holds
already; a key that nobody ever saved keeps the job's value, for everybody. Once such a key was written
with the value that it has, the server undoes its overrides from then on.
Source: Forge f2.0.1, `modules/processing.py`, recordings `override_leak_options_after`,
`txt2img_clip_skip_after_key_saved`; AUTOMATIC1111 1.10 has the same line.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from darkroom.domain.errors import ConnectorError
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from darkroom.connectors.a1111.client import Client

log = logging.getLogger(__name__)

STEPS_BETWEEN_PREVIEWS = "show_progress_every_n_steps"
"""Ten by default: a job of twenty steps would show two pictures on its way."""

ALWAYS_SAVED = frozenset(("sd_model_checkpoint",))
"""Keys that the server writes itself when it loads a model."""

UNKNOWN = "The server's settings cannot be read: whether it keeps {keys} for later jobs is not known"
BUSY = "The server was busy with another job: whether it keeps {keys} for later jobs was not looked at"


class Settings:
    """What is known of a server's settings, for the life of a connector."""

    def __init__(self, client: Client, *, may_change: bool) -> None:
        """`may_change`: the profile lets Darkroom write settings that recovery and previews need."""
        self._client = client
        self._may_change = may_change
        self._undone = set(ALWAYS_SAVED)
        self._before: dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {}
        self._doubts: dict[str, str] = {}
        self._paced = False

    async def prepare(self, task: str, overrides: Mapping[str, Any]) -> None:
        """Makes sure, before a job is sent, that what it changes can be put back.

        Args:
            task: Its name.
            overrides: Its `override_settings`.
        """
        unsure = overrides.keys() - self._undone
        if not unsure and (self._paced or not self._may_change):
            return
        options = await self._client.options()
        if options is None:
            self._doubt(task, UNKNOWN, unsure)
            return
        progress = await self._client.progress()
        if progress is not None and not progress.state.idle:
            # What is read now may be what the other job changes.
            self._doubt(task, BUSY, unsure)
            return
        before = {key: _plain(options[key]) for key in sorted(unsure) if key in options}
        if self._may_change and await self._save(before, options):
            return
        self._before[task] = before, overrides

    async def _save(self, before: Mapping[str, Any], options: Mapping[str, Any]) -> bool:
        """Writes what is there already, so that the server puts it back by itself."""
        changes = dict(before)
        if options.get(STEPS_BETWEEN_PREVIEWS) not in (None, 1):
            changes[STEPS_BETWEEN_PREVIEWS] = 1
        if changes and not await self._client.set_options(changes):
            return False
        self._paced = True
        self._undone |= before.keys()
        return True

    def _doubt(self, task: str, words: str, keys: set[str]) -> None:
        if keys:
            self._doubts[task] = words.format(keys=", ".join(sorted(keys)))

    def forget(self, task: str) -> None:
        """The job was refused: it has changed nothing."""
        self._before.pop(task, None)
        self._doubts.pop(task, None)

    async def put_back(self, task: str) -> tuple[str, ...]:
        """Looks, after a job, for settings that the server kept, and puts them back; says so, a line each."""
        noted, doubt = self._before.pop(task, None), self._doubts.pop(task, "")
        if noted is None:
            return (doubt,) if doubt else ()
        before, overrides = noted
        kept: dict[str, Any] = {}
        try:
            options = await self._client.options()
            kept = _kept(before, overrides, options or {})
            if kept and await self._client.set_options(kept):
                self._undone |= kept.keys()
        except ConnectorError as error:
            log.info("the server's settings were not looked at after %s: %s", task, error.title)
            options = None
        if options is None:
            return (UNKNOWN.format(keys=", ".join(before)),) if before else ()
        self._undone |= {key for key, value in before.items() if overrides.get(key) != value}
        return tuple(_said(kept, overrides))


def _kept(
    before: Mapping[str, Any], overrides: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, Any]:
    """The earlier values of those settings that still hold what the job asked for."""
    return {
        key: value
        for key, value in before.items()
        if key in after and _plain(after[key]) != value and _plain(after[key]) == _plain(overrides.get(key))
    }


def _said(kept: Mapping[str, Any], overrides: Mapping[str, Any]) -> Iterator[str]:
    for key, value in kept.items():
        changed, earlier = excerpt(str(overrides.get(key)), 40), excerpt(str(value), 40)
        yield f"The server kept {key} = {changed} after the job; it was set back to “{earlier}”"


def _plain(value: Any) -> Any:
    """Whole numbers as such: the server writes all of them with a point."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
