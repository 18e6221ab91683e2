"""The form of Fooocus's web page: the shared fields, and what the page cannot do said beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.connectors.fooocus.offer import read_offer
from darkroom.connectors.fooocus.parameters import own, specs
from darkroom.domain.form import Form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.parameters import Value
    from darkroom.domain.server import Catalog
    from darkroom.domain.workflow import Graph

NOTES = (
    "If the line breaks, the pictures may be lost: Fooocus forgets the job, and they are looked for in its"
    " own log of the day",
    "Each preview is a whole picture, 17 kB and more: mind it on a slow line",
    "Fooocus stops whatever it samples: Darkroom presses stop only while your own job runs",
)
"""Source: Fooocus 2.5.5, observed; `webui.py` `stop_clicked`."""


def form(catalog: Catalog, mode: str, graph: Graph | None, values: Mapping[str, Value]) -> Form:  # noqa: ARG001
    """The parameters for what the form holds already. Pure; works on an empty catalog too."""
    fields = specs(read_offer(catalog.schema), mode, values)
    return Form(fields, NOTES, own(fields))
