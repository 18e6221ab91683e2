"""What is marked on a sheet, and what is known of it."""

from __future__ import annotations

from darkroom.app.widgets.gallery.marks import Marks
from darkroom.app.widgets.gallery.sheet import Sheet
from darkroom.domain.pictures import Key, PictureIndex

INDEX = PictureIndex([(number, 0) for number in range(10, 0, -1)])


def numbers(marks: Marks, cursor: int, index: PictureIndex = INDEX) -> list[int]:
    found = [key.number for key in marks.all(index, cursor)]
    assert marks.count(index, cursor) == len(found)
    return found


def test_marks_are_kept_in_the_order_of_marking() -> None:
    marks = Marks()
    for number in (3, 9, 5, 9):
        marks.toggle(Key(number, 0))
    assert numbers(marks, 0) == [3, 5]
    assert marks.is_marked(Key(3, 0))
    assert not marks.is_marked(Key(9, 0))


def test_a_range_follows_the_cursor_both_ways_and_lasts_when_it_is_kept() -> None:
    marks = Marks()
    marks.toggle(Key(8, 0))
    marks.begin_range(INDEX.key(4))
    assert numbers(marks, 6) == [8, 6, 5, 4]
    assert numbers(marks, 1) == [8, 9, 7, 6]
    marks.drop_range()
    assert numbers(marks, 6) == [8]
    marks.begin_range(INDEX.key(4))
    marks.keep_range(INDEX, 5)
    assert numbers(marks, 0) == [8, 6, 5]


def test_what_left_the_list_is_marked_no_more_and_the_rest_stays() -> None:
    marks = Marks()
    marks.add([Key(number, 0) for number in (3, 7)])
    marks.begin_range(Key(7, 0))
    without = PictureIndex([(number, 0) for number in range(10, 0, -1) if number != 7])
    marks.prune(without)
    assert marks.anchor is None
    assert numbers(marks, 0, without) == [3]


def test_the_cursor_stays_on_its_picture_but_at_the_newest_it_stays_in_place() -> None:
    sheet = Sheet()
    assert sheet.replace(INDEX, 0) == 0
    grown = PictureIndex([(12, 0), (11, 0), *((n, 0) for n in range(10, 0, -1))])
    assert sheet.replace(grown, 4) == 6
    assert sheet.replace(INDEX, 0) == 0
    assert sheet.replace(PictureIndex([(10, 0), (9, 0)]), 7) == 1
    assert sheet.replace(PictureIndex(), 1) == 0
