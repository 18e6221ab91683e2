"""Using an earlier generation again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from darkroom.domain.form import Form
from darkroom.domain.generation import Generation, Status, Summary
from darkroom.domain.parameters import Kind, ParameterSpec, Role
from darkroom.domain.snapshot import Snapshot
from darkroom.services.history import reuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.parameters import Value


def generation(
    values: Mapping[str, Value], roles: Mapping[str, Role], typed: Mapping[str, str]
) -> Generation:
    summary = Summary(
        id="g",
        session_id="s",
        number=1,
        status=Status.COMPLETE,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        prompt="",
        negative="",
        seed="",
        width_px=None,
        height_px=None,
        steps=None,
        cfg_scale=None,
        sampler="",
        scheduler="",
        checkpoint="",
        profile="p",
        workflow="w",
        duration_s=None,
        expected=None,
        output_count=0,
        first_output=None,
        reason=None,
        unchanged=False,
    )
    snapshot = Snapshot("comfyui", "p", "txt2img", "w", values, roles=roles, typed=typed)
    return Generation(summary, snapshot)


PLAIN = generation(
    {
        "prompt": "a cat",
        "negative": "blurry",
        "seed": 2**64 - 1,
        "steps": 30,
        "sampler": "euler",
        "note": "x",
    },
    {
        "prompt": Role.PROMPT,
        "negative": Role.NEGATIVE,
        "seed": Role.SEED,
        "steps": Role.STEPS,
        "sampler": Role.SAMPLER,
    },
    {"prompt": "a {cat}"},
)


def spec(address: str, kind: Kind, role: Role | None = None, **more: object) -> ParameterSpec:
    return ParameterSpec(address, address, kind, role=role, **more)  # type: ignore[arg-type]


SAME = Form(
    (
        spec("prompt", Kind.TEXT, Role.PROMPT),
        spec("negative", Kind.TEXT, Role.NEGATIVE),
        spec("seed", Kind.SEED, Role.SEED, maximum=2**64 - 1),
        spec("steps", Kind.INTEGER, Role.STEPS, minimum=1),
        spec("sampler", Kind.CHOICE, Role.SAMPLER, choices=("euler",)),
        spec("note", Kind.TEXT),
    )
)


def test_everything_goes_back_where_it_was_with_the_prompt_as_typed() -> None:
    assert reuse(PLAIN, SAME, "all") == {**PLAIN.snapshot.values, "prompt": "a {cat}"}


def test_only_the_seed() -> None:
    assert reuse(PLAIN, SAME, "seed") == {"seed": 2**64 - 1}


def test_only_the_prompts() -> None:
    assert reuse(PLAIN, SAME, "prompt") == {"prompt": "a {cat}", "negative": "blurry"}


def test_roles_carry_values_into_another_workflow_and_what_it_lacks_is_left_out() -> None:
    other = Form(
        (
            spec("6.text", Kind.TEXT, Role.PROMPT),
            spec("3.seed", Kind.SEED, Role.SEED, maximum=2**32),
            spec("3.steps", Kind.INTEGER, Role.STEPS, minimum=1),
            spec("9.steps", Kind.INTEGER, Role.STEPS, minimum=1),
            spec("3.sampler_name", Kind.CHOICE, Role.SAMPLER, choices=("dpmpp_2m",)),
        )
    )
    assert reuse(PLAIN, other, "all") == {"6.text": "a cat", "3.steps": 30}
