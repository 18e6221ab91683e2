from __future__ import annotations

import pytest

from darkroom.connectors.access import Access, check_headers, parse_address
from darkroom.domain.errors import ConfigError


@pytest.mark.parametrize(
    ("url", "base", "socket"),
    [
        ("http://127.0.0.1:8188", "http://127.0.0.1:8188", "ws://127.0.0.1:8188/ws?clientId=a%2Fb"),
        ("127.0.0.1:8188/", "http://127.0.0.1:8188", "ws://127.0.0.1:8188/ws?clientId=a%2Fb"),
        ("https://host/comfy/", "https://host/comfy", "wss://host/comfy/ws?clientId=a%2Fb"),
        ("http://[::1]:8188/x", "http://[::1]:8188/x", "ws://[::1]:8188/x/ws?clientId=a%2Fb"),
    ],
)
def test_an_address_keeps_its_prefix(url: str, base: str, socket: str) -> None:
    address, _ = parse_address(url, Access())
    assert address.base == base
    assert address.socket("/ws", clientId="a/b") == socket


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://me:secret@host",
        "http://",
        "http://me:secret@host:99999",
        "http://me:sec ret@host/",
        "http://[::1",
    ],
)
def test_what_is_no_address_is_said_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_address(url, Access())
    assert "ret@" not in "\n".join(caught.value.lines())


def test_a_password_in_the_url_is_used_and_never_shown() -> None:
    address, access = parse_address("http://me:s%40cret@host:1/p", Access())
    assert (access.username, access.password) == ("me", "s@cret")
    assert "cret" not in f"{address!r} {access!r} {address.base}"


def test_the_profiles_credentials_win_over_the_urls() -> None:
    _, access = parse_address("http://me:url@host", Access("you", "profile"))
    assert (access.username, access.password) == ("you", "profile")
    _, access = parse_address("http://me:url@host", Access(token="t"))  # noqa: S106
    assert (access.username, access.token) == ("", "t")


@pytest.mark.parametrize(
    ("url", "is_loopback"),
    [
        ("http://localhost:1", True),
        ("http://127.9.9.9", True),
        ("http://[::1]", True),
        ("http://10.0.0.1", False),
    ],
)
def test_this_machine_is_recognised(url: str, is_loopback: bool) -> None:
    assert parse_address(url, Access())[0].is_loopback is is_loopback


@pytest.mark.parametrize("headers", [{"X\n": "1"}, {"": "1"}, {"X": "a\r\nY: b"}, {"X": "ä"}, {"X Y": "1"}])
def test_headers_that_could_smuggle_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        check_headers(headers)


def test_usual_headers_pass() -> None:
    check_headers({"CF-Access-Client-Id": "abc.access", "X_Y": "1 2"})
