"""The status line: what it says of a server, in the room there is."""

from __future__ import annotations

import pytest

from darkroom.app.widgets.lines import width
from darkroom.app.widgets.status import StatusLine, StatusView, connection_pieces
from darkroom.domain.errors import Unreachable
from darkroom.domain.server import ServerInfo
from darkroom.services.updates import ConnectionState

INFO = ServerInfo("comfyui", "ComfyUI 0.3.64", "0.3.64", 3, ("cuda:0 NVIDIA · 20.1 of 24.0 GB free", "cpu"))


def said(state: ConnectionState | None, *, roomy: bool = True, wide: bool = True) -> str:
    return "".join(piece.text for piece in connection_pieces(state, roomy=roomy, wide=wide))


def test_it_says_which_server_how_busy_and_how_much_memory() -> None:
    state = ConnectionState("box", "up", INFO)
    assert said(state) == "box ● ComfyUI 0.3.64 · 3 jobs · 20.1 of 24.0 GB free"
    assert said(state, wide=False) == "box ● ComfyUI 0.3.64 · 3 jobs"
    assert said(state, roomy=False, wide=False) == "box ●"


def test_an_idle_server_says_nothing_of_jobs() -> None:
    info = INFO._replace(queue_remaining=0, devices=("cpu",))
    assert said(ConnectionState("box", "up", info)) == "box ● ComfyUI 0.3.64"
    assert said(ConnectionState("box", "up", INFO._replace(queue_remaining=None, devices=()))) == (
        "box ● ComfyUI 0.3.64"
    )


def test_an_address_is_shown_without_what_everybody_knows() -> None:
    assert said(ConnectionState("a1111+http://127.0.0.1:7860", "connecting")) == "127.0.0.1:7860 ◌ connecting"


def test_what_is_wrong_is_said_in_place_of_the_rest() -> None:
    error = Unreachable("Nothing answers at the server's address")
    assert said(ConnectionState("box", "down", INFO, error)) == "box ○ Nothing answers at the…"
    assert said(ConnectionState("box", "down", INFO, error), roomy=False) == "box ○ down"


@pytest.mark.parametrize("columns", [40, 80, 96, 131, 132, 155, 156, 200])
def test_the_line_is_as_wide_as_its_room(columns: int) -> None:
    line = StatusLine()
    line.show(StatusView("a long name of a session", ConnectionState("a" * 60, "up", INFO), protocol="sixel"))
    (drawn,) = line.lines(columns)
    assert width(drawn) == columns
