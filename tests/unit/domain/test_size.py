"""Sizes that models were trained on."""

from __future__ import annotations

import pytest

from darkroom.domain.size import PRESETS, SD15, SDXL, Size, ratio


def test_sdxl_has_its_nine_buckets_of_about_a_million_pixels() -> None:
    assert len(set(SDXL)) == 9
    assert all(0.9e6 < width * height < 1.06e6 for width, height in SDXL)


def test_every_preset_is_a_multiple_of_64_and_can_be_turned() -> None:
    for _, sizes in PRESETS:
        for size in sizes:
            assert size.width_px % 64 == size.height_px % 64 == 0
            assert size.swapped in sizes
            assert size.swapped.swapped == size
    assert all(512 <= edge <= 768 for size in SD15 for edge in size)


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (Size(1024, 1024), "1:1"),
        (Size(1152, 896), "9:7"),
        (Size(640, 1536), "5:12"),
        (Size(1000, 751), "1.33:1"),
        (Size(751, 1000), "1:1.33"),
        (Size(0, 5), "?"),
    ],
)
def test_ratios(size: Size, shown: str) -> None:
    assert ratio(size) == shown


def test_labels() -> None:
    assert Size(1152, 896).label == "1152×896 (9:7)"
