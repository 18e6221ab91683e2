"""What is known of a long list, whatever happens while it is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from darkroom.app.widgets.history.window import BLOCK, KEPT, Window
from darkroom.domain.generation import Status, Summary


def row(number: int, **changes: object) -> Summary:
    summary = Summary(
        id=f"g{number}",
        session_id="s",
        number=number,
        status=Status.COMPLETE,
        created_at=datetime(2026, 11, 20, tzinfo=UTC),
        prompt="",
        negative="",
        seed="1",
        width_px=None,
        height_px=None,
        steps=None,
        cfg_scale=None,
        sampler="",
        scheduler="",
        checkpoint="",
        profile="",
        workflow="",
        duration_s=None,
        expected=None,
        output_count=0,
        first_output=None,
        reason=None,
        unchanged=False,
    )
    return replace(summary, **changes)  # type: ignore[arg-type]


def newest_first(count: int, offset: int, limit: int) -> list[Summary]:
    return [row(count - index) for index in range(offset, min(offset + limit, count))]


def test_it_asks_for_whole_blocks_and_only_for_gaps() -> None:
    window = Window()
    window.reset(10_000, newest_first(10_000, 0, BLOCK))
    assert window.missing(0, 20) is None
    assert window.missing(BLOCK - 2, BLOCK + 10) == range(BLOCK, 2 * BLOCK)
    assert window.missing(9_990, 10_050) == range(10_000 - 10_000 % BLOCK, 10_000)


def test_a_new_row_moves_the_others_and_a_late_answer_is_dropped() -> None:
    window = Window()
    window.reset(100, newest_first(100, 0, BLOCK))
    asked_at = window.version
    assert window.update(row(101)) == (0, 1)
    assert (window.count, window.index_of("g100")) == (101, 1)
    assert not window.put(asked_at, BLOCK, newest_first(100, BLOCK, BLOCK))
    assert window.missing(BLOCK, BLOCK + 5) is not None


def test_a_changed_row_stays_in_place_and_a_trashed_one_leaves() -> None:
    window = Window()
    window.reset(3, newest_first(3, 0, 3))
    assert window.update(row(2, status=Status.FAILED)) == (1, 0)
    changed = window.row(1)
    assert changed is not None
    assert changed.status is Status.FAILED
    assert window.update(row(2, trashed=True)) == (1, -1)
    assert [window.row(0), window.row(1)] == [row(3), row(1)]
    assert window.count == 2


def test_a_row_that_comes_back_finds_its_place() -> None:
    window = Window()
    window.reset(3, newest_first(3, 0, 3))
    for number, place in ((2, 1), (1, 2), (3, 0)):
        window.update(row(number, trashed=True))
        assert window.update(row(number)) == (place, 1)
    assert [window.row(index) for index in range(3)] == newest_first(3, 0, 3)


def test_an_old_row_that_nobody_looked_at_changes_nothing() -> None:
    window = Window()
    window.reset(10_000, newest_first(10_000, 0, BLOCK))
    assert window.update(row(17)) is None
    assert window.count == 10_000


def test_far_rows_are_forgotten() -> None:
    window = Window()
    count = KEPT * 5
    window.reset(count)
    for offset in range(0, count, BLOCK):
        window.put(window.version, offset, newest_first(count, offset, BLOCK))
    assert window.row(count - 1) is not None
    assert window.row(0) is None
