"""Which way pictures are drawn inside tmux: by tmux's own words, never by its answer to DA1 alone.

tmux answers that it draws sixels whatever the terminal behind it can do (3.5a, seen: "+++" boxes in kitty).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.text import plural
from darkroom.terminal.brands import brand, release
from darkroom.terminal.protocol import Choice, Protocol
from darkroom.terminal.sixel import TMUX_LIMIT_BYTES
from darkroom.terminal.truecolor import colour_remedy, keeps_numbers

if TYPE_CHECKING:
    from darkroom.terminal.evidence import Client, Evidence

SIXELS = 4
"""The code in DA1. The first code is the terminal's class, and no ability. Source: DEC STD 070, DA1."""

PASSTHROUGH = "set -g allow-passthrough on"
"""Lets wrapped sequences through, in tmux.conf. Source: tmux(1), allow-passthrough, since 3.3."""

COLOURS = "set -as terminal-features ',*:RGB'"
"""Lets 24-bit colours through, in tmux.conf. Source: tmux(1), terminal-features, since 3.2."""

UNLIMITED_SINCE = (3, 6)
"""From here on tmux takes sequences of any length that matters (input-buffer-size)."""

_SIXELS_SINCE = "tmux shows sixels from version 3.4 on, when it was built with --enable-sixel"


def behind_tmux(evidence: Evidence) -> Choice:
    """The choice in a pane of a tmux that was asked."""
    client = evidence.client
    if client is None:
        reason = "tmux does not say which terminal shows this pane"
        return _half(reason, "Is tmux on the PATH, and its socket yours? Try: tmux display-message -p ok")
    if client.count == 0:
        return _half("nobody is attached to this session of tmux", "")
    clients = (client, *client.others)
    if any(_is_nested(each) for each in clients):
        reason = f"{_names(clients)} is behind tmux, and hides the terminal behind itself"
        return _half(reason, "Run Darkroom in the outer one")
    if all(_may_draw_placeholders(each) for each in clients):
        return _by_placeholders(evidence, client, clients)
    if any(brand(each.termtype).keeps_sixels for each in clients):
        return _half(f"{_names(clients)} keeps sixels on the screen after tmux has cleared it", "")
    if all("sixel" in each.features for each in clients):
        return _by_sixels(evidence, client, clients)
    if len({_name(each) for each in clients}) > 1:
        return _half(f"{_names(clients)} show this pane, and have no way to draw pictures in common", "")
    return _half(f"tmux knows of no pictures that {_names(clients)} can draw", _without_sixels(clients))


def limit(version: str) -> int | None:
    """Most bytes of a sixel that this version of tmux draws; the known limit where it tells none."""
    known = release(version)
    return TMUX_LIMIT_BYTES if known is None or known < UNLIMITED_SINCE else None


def _by_sixels(evidence: Evidence, client: Client, clients: tuple[Client, ...]) -> Choice:
    names = f"{_names(clients)} behind tmux {client.version}"
    if evidence.attributes is not None and SIXELS not in evidence.attributes[1:]:
        return _half(f"{names} draws sixels, but this tmux does not pass them on", _SIXELS_SINCE)
    if evidence.cell_px is None and client.cell_px is None:
        remedy = "If pictures look right with it: images = sixel"
        return _half(f"{names} draws sixels, but does not say how large a cell is", remedy)
    sides = [side for each in clients if (side := brand(each.termtype).largest_sixel_px) is not None]
    return Choice(
        Protocol.SIXEL,
        f"{names} draws sixels",
        tmux=True,
        remedy=_colours(clients),
        limit_bytes=limit(client.version),
        limit_px=min(sides, default=None),
    )


def _by_placeholders(evidence: Evidence, client: Client, clients: tuple[Client, ...]) -> Choice:
    names = f"{_names(clients)} behind tmux {client.version}"
    if not all(brand(each.termtype).draws_placeholders for each in clients):
        reason = f"{names} is too old for pictures, or does not tell its version"
        return _half(reason, "kitty draws pictures from version 0.28 on")
    if not client.passes:
        remedy = _lines(PASSTHROUGH, *([COLOURS] if _colours(clients) else []))
        return _half(f"{names} draws pictures, but tmux does not let them through", remedy)
    if not keeps_numbers(evidence.environ, truecolor=evidence.truecolor):
        reason = f"{names} draws pictures, but their numbers travel as colours, of which there are too few"
        return _half(reason, colour_remedy(evidence.environ))
    if not all(_keeps_numbers(each) for each in clients):
        return _half(
            f"{names} draws pictures, but tmux changes the colours that number them", _lines(COLOURS)
        )
    if evidence.wrapped or not client.in_front:
        # Without the keys the pane would not hear the answer, so nothing was asked: tmux's word must do.
        return Choice(Protocol.KITTY, f"{names} draws pictures by kitty's protocol", True, _colours(clients))
    return _half(f"{names} did not confirm that pictures reach it", "Run: darkroom doctor --terminal")


def _may_draw_placeholders(client: Client) -> bool:
    return brand(client.termtype or client.termname.removeprefix("xterm-")).may_draw_placeholders


def _is_nested(client: Client) -> bool:
    return brand(client.termtype).is_multiplexer or client.termname.startswith(("tmux", "screen"))


def _keeps_numbers(client: Client) -> bool:
    """Whether at least 256 colours arrive as they are; a picture's number is one of these."""
    by_name = ("256color", "direct", "kitty", "ghostty")
    return bool(client.features & {"256", "RGB"}) or client.termname.endswith(by_name)


def _name(client: Client) -> str:
    return str(brand(client.termtype)) or client.termname or "a terminal without a name"


def _names(clients: tuple[Client, ...]) -> str:
    names = list(dict.fromkeys(map(_name, clients)))
    return " and ".join(names) if len(names) < 4 else plural(len(names), "different terminal")


def _half(reason: str, remedy: str) -> Choice:
    return Choice(Protocol.HALF, reason, True, remedy)


def _without_sixels(clients: tuple[Client, ...]) -> str:
    client = clients[0]
    known = release(client.version)
    return _SIXELS_SINCE if known is not None and known < (3, 4) else ""


def _colours(clients: tuple[Client, ...]) -> str:
    """The remedy for colours that tmux rounds, "" where it does not."""
    rounds = any("RGB" not in each.features and each.termname in ROUNDED for each in clients)
    return _lines(COLOURS) if rounds else ""


ROUNDED = ("foot", "foot-extra", "xterm-256color")
"""Terminals whose 24-bit colours tmux 3.5a rounds to 256 by default, seen with foot and konsole."""


def _lines(*lines: str) -> str:
    return "\n".join(
        ("Add to ~/.tmux.conf, then run: tmux source ~/.tmux.conf", *(f"  {line}" for line in lines))
    )
