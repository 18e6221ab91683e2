"""Pictures of the screen as text: SVG, compared letter by letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pytest_textual_snapshot import SVGImageExtension  # type: ignore[import-untyped]

from tests.app.conftest import core, full

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

__all__ = ["core", "full"]


@pytest.fixture
def screen(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Compares with an SVG file; `make snapshots` writes it anew, to be looked at before it is kept."""
    return snapshot.use_extension(SVGImageExtension)
