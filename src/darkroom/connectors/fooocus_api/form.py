"""The form of Fooocus-API: the fields it shares with Fooocus, by what its server says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.connectors.fooocus.offer import read_offer
from darkroom.connectors.fooocus.parameters import own, specs
from darkroom.connectors.fooocus.pictures import is_inpaint
from darkroom.domain.form import Form
from darkroom.domain.workflow import TXT2IMG

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.parameters import Value
    from darkroom.domain.server import Catalog
    from darkroom.domain.workflow import Graph

NOTES = (
    "A job that waits at the server cannot be taken back: Darkroom sends one at a time",
    "Why a job failed stands in the server's log alone",
)
VARIED = "Fooocus varies a picture at about a million pixels; width and height are not asked for"


def form(catalog: Catalog, mode: str, graph: Graph | None, values: Mapping[str, Value]) -> Form:  # noqa: ARG001
    """The parameters of `mode` on a server; without a catalog those of a server as it was recorded. Pure."""
    fields = specs(read_offer(catalog.schema), mode, values)
    varied = mode == TXT2IMG and values.get("image") and not is_inpaint(values)
    return Form(fields, (*NOTES, VARIED) if varied else NOTES, own(fields))
