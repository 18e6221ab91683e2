"""What a server offered is kept: the next start shows it at once, wherever the server is by then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.parameters import Kind
from darkroom.domain.workflow import BUILT_IN
from tests.contract.program import opened

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.services.forms import FormState
    from tests.contract.site import Site


def choices(state: FormState) -> dict[str, tuple[object, ...]]:
    """What can be chosen, by address."""
    return {spec.address: spec.choices for spec in state.form.specs if spec.kind is Kind.CHOICE}


async def test_the_next_start_shows_the_choices_though_the_server_is_away(site: Site, tmp_path: Path) -> None:
    async with opened(tmp_path, site) as program:
        forms = program.core.forms
        unknown = await forms.open(program.session_id, "test", BUILT_IN)
        assert not unknown.known
        seen = await forms.refresh(unknown)
    await site.server.kill()
    async with opened(tmp_path, site) as program:
        again = await program.core.forms.open(program.session_id, "test", BUILT_IN)
    assert again.known
    assert choices(seen).items() <= choices(again).items()
    assert choices(seen) != choices(unknown)
