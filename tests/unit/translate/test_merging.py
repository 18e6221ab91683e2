"""What a session remembers, in the spelling of whichever server is used next."""

from __future__ import annotations

from darkroom.domain.form import Field, Form, Layers, merge
from darkroom.domain.parameters import Origin, Role
from tests.unit.translate.forms import choice

FORM = Form(
    (
        choice(Role.SAMPLER, "DPM++ 2M", "Euler a", "Euler"),
        choice(Role.SCHEDULER, "Automatic", "Uniform", "Karras", "Normal"),
        choice(Role.CHECKPOINT, "one [1a2b3c4d]", "dream_8 [879db523c3]"),
    )
)


def test_remembered_choices_take_the_spelling_of_the_server() -> None:
    session = {"sampler": "euler_ancestral", "scheduler": "normal", "checkpoint": "sd/Dream_8.safetensors"}
    assert merge(FORM, Layers(session=session)) == {
        "sampler": Field("Euler a", Origin.SESSION),
        "scheduler": Field("Normal", Origin.SESSION),
        "checkpoint": Field("dream_8 [879db523c3]", Origin.SESSION),
    }


def test_what_has_no_equivalent_gives_way_as_before() -> None:
    fields = merge(FORM, Layers(session={"sampler": "seeds_2"}, system={"sampler": "Euler"}))
    assert fields["sampler"] == Field("Euler", Origin.SYSTEM)


def test_what_was_typed_or_is_the_workflows_own_is_never_respelled() -> None:
    fields = merge(FORM, Layers(typed={"sampler": "euler"}, workflow={"scheduler": "karras"}))
    assert fields["sampler"] == Field("euler", Origin.TYPED)
    assert fields["scheduler"] == Field("karras", Origin.WORKFLOW)
