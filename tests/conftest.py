"""Options of the whole suite."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--live",
        action="append",
        default=[],
        metavar="SERVICE=URL",
        help="run the contract suite against this server too, for example comfyui=http://127.0.0.1:8188",
    )
