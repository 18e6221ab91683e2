"""What holds for the whole suite."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    import pytest

# Property tests take the time they need: a first run builds tables, and machines are shared.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "thorough", settings.get_profile("unhurried"), max_examples=3000, stateful_step_count=80
)
settings.load_profile("unhurried")

# A demo server outlives whoever started it, as it should; after a test nobody needs it for long.
os.environ.setdefault("DARKROOM_DEMO_IDLE_EXIT_S", "30")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--live",
        action="append",
        default=[],
        metavar="SERVICE=URL",
        help="run the contract suite against this server too, for example comfyui=http://127.0.0.1:8188",
    )
