"""Products of axes, seeds, and their order."""

from __future__ import annotations

import itertools
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.domain.batch.axis import Axis, Point, listed
from darkroom.domain.batch.plan import Plan, outermost_first
from darkroom.domain.batch.seeds import draw_base, variations
from darkroom.domain.batch.sweep import parse_axis
from darkroom.domain.errors import InputError
from darkroom.domain.parameters import SEED_MAX, Role

ROLES = {role: role for role in Role} | {"4.ckpt_name": Role.CHECKPOINT, "10.vae_name": Role.VAE}


def plan_of(*texts: str) -> Plan:
    return Plan(outermost_first([parse_axis(text) for text in texts], ROLES))


def test_the_last_axis_changes_fastest() -> None:
    plan = plan_of("steps=20,30", "cfg_scale=5,7")
    assert [dict(cell.values) for cell in plan] == [
        {"steps": "20", "cfg_scale": "5"},
        {"steps": "20", "cfg_scale": "7"},
        {"steps": "30", "cfg_scale": "5"},
        {"steps": "30", "cfg_scale": "7"},
    ]
    assert [cell.position for cell in plan] == [0, 1, 2, 3]
    assert plan[2].coordinates == {"steps": "30", "cfg_scale": "5"}
    assert plan.title == "steps × cfg_scale, 4 jobs"
    assert plan.labels() == {"steps": ("20", "30"), "cfg_scale": ("5", "7")}


def test_what_takes_long_to_change_is_outermost() -> None:
    plan = plan_of("steps=1,2", "10.vae_name=v,w", "4.ckpt_name=a,b", "cfg_scale=5,7", "profile=box,lab")
    assert [axis.name for axis in plan.axes] == [
        "profile",
        "4.ckpt_name",
        "10.vae_name",
        "steps",
        "cfg_scale",
    ]
    servers = [cell.profile for cell in plan]
    assert servers == ["box"] * 16 + ["lab"] * 16
    models = [(cell.profile, cell.values["4.ckpt_name"]) for cell in plan]
    assert len([key for key, _ in itertools.groupby(models)]) == 4
    assert all("profile" not in cell.values for cell in plan)


def test_no_axis_is_one_job() -> None:
    (cell,) = Plan()
    assert (cell.position, dict(cell.values), dict(cell.coordinates), cell.profile) == (0, {}, {}, "")
    assert Plan().title == "1 job"


def test_too_many_jobs_are_told_before_any_is_built() -> None:
    with pytest.raises(InputError, match=r"1,000,000,000 jobs"):
        plan_of("steps=1..1000", "cfg_scale=1..1000", "width=1..1000")


def test_one_name_on_two_axes_is_refused() -> None:
    with pytest.raises(InputError, match=r"“steps” is set by two axes"):
        plan_of("steps=1,2", "steps=3,4")
    lines = Axis("prompt", (Point("1: a", {"prompt": "a", "seed": 1}), Point("2: b", {"prompt": "b"})))
    with pytest.raises(InputError, match=r"“seed” is set by two axes"):
        Plan([lines, variations(2, 5)])


def test_a_plan_of_the_largest_size_is_quick() -> None:
    started = time.perf_counter()
    plan = plan_of("steps=1..100", "seed=1..100")
    assert sum(1 for _ in plan) == 10_000
    assert time.perf_counter() - started < 2


@given(st.lists(st.integers(1, 4), max_size=4), st.data())
def test_cells_by_index_and_in_order_are_the_same(sizes: list[int], data: st.DataObject) -> None:
    plan = Plan(listed(f"x{n}", tuple(map(str, range(size)))) for n, size in enumerate(sizes))
    cells = list(plan)
    assert len(plan) == len(cells)
    assert len({tuple(cell.coordinates.items()) for cell in cells}) == len(cells)
    index = data.draw(st.integers(-len(cells), len(cells) - 1))
    assert plan[index] == cells[index]
    assert plan[1:3] == tuple(cells[1:3])
    with pytest.raises(IndexError):
        plan[len(cells)]


def test_seeds_follow_the_first() -> None:
    axis = variations(3, SEED_MAX - 2)
    assert [point.values["seed"] for point in axis.points] == [SEED_MAX - 2, SEED_MAX - 1, SEED_MAX]
    assert axis.labels == tuple(str(SEED_MAX - 2 + n) for n in range(3))
    assert variations(2, 7, name="3.seed").sets == {"3.seed"}


@pytest.mark.parametrize(
    ("count", "base", "maximum", "says"),
    [
        (0, 1, None, "at least one"),
        (10_001, 1, None, "10,001 jobs"),
        (2, SEED_MAX, None, "do not fit"),
        (2, 2**32 - 1, 2**32 - 1, "do not fit"),
        (1, -1, None, "do not fit"),
    ],
)
def test_seeds_that_do_not_fit_are_refused(count: int, base: int, maximum: int | None, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        variations(count, base, maximum)
    assert caught.value.hint


@given(st.integers(1, 10_000), st.sampled_from([None, 9_999, 2**31, 2**64 - 1]), st.integers())
def test_a_drawn_base_leaves_room(count: int, maximum: int | None, seed: int) -> None:
    base = draw_base(count, maximum, random.Random(seed))
    assert len(variations(count, base, maximum).points) == count
