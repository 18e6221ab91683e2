"""What a server offers, and the form that is made of it."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import pytest

from darkroom.connectors.registry import form_for
from darkroom.domain.defaults import SYSTEM_DEFAULTS
from darkroom.domain.form import Form, Layers, merge, problems
from darkroom.domain.parameters import Kind, Role, check
from darkroom.domain.server import Catalog
from darkroom.domain.service import SERVICES
from darkroom.domain.workflow import TXT2IMG, UPSCALE, WORKFLOW

if TYPE_CHECKING:
    from darkroom.connectors.base import Connector
    from darkroom.domain.parameters import Values
    from tests.contract.site import Site

FIRST_SECTIONS = ("Prompt", "Model", "Sampling", "Size", "Image")
BETWEEN = "Styles"
"""They belong to the prompt, and may stand after it."""

LARGEST_CATALOG_BYTES = 2**20
"""It is kept in the store and compared at every refresh."""


def values_of(form: Form, typed: Values | None = None) -> Values:
    fields = merge(form, Layers(system=SYSTEM_DEFAULTS, typed=typed or {}))
    return {address: field.value for address, field in fields.items()}


def hold(form: Form) -> None:
    """What holds for every form."""
    addresses = [spec.address for spec in form.specs]
    assert len(set(addresses)) == len(addresses)
    sections = [section for section, _ in itertools.groupby(spec.section for spec in form.specs)]
    assert len(set(sections)) == len(sections), "a section stands in one place"
    common = [section for section in sections if section in FIRST_SECTIONS]
    assert common == sorted(common, key=FIRST_SECTIONS.index)
    before = sections[: sections.index(common[-1])] if common else []
    assert set(before) <= {*FIRST_SECTIONS, BETWEEN}
    labels = [(spec.section, spec.label) for spec in form.specs]
    assert len(set(labels)) == len(labels)
    for spec in form.specs:
        assert spec.label, spec.address
        assert spec.section, spec.address
        assert spec.default is None or check(spec, spec.default) is None, spec


@pytest.mark.parametrize("mode", [TXT2IMG, UPSCALE])
async def test_a_catalog_is_plain_and_its_form_sound(site: Site, connector: Connector, mode: str) -> None:
    if mode not in SERVICES[site.backend.service].modes:
        pytest.skip(f"the service has no {mode}")
    catalog = await connector.catalog(mode=mode)
    text = json.dumps(catalog.schema)
    assert json.loads(text) == catalog.schema
    assert len(text) < LARGEST_CATALOG_BYTES
    assert catalog == await connector.catalog(mode=mode)
    form = connector.form(catalog, mode, None, {})
    hold(form)
    assert form == form_for(site.backend.service)(catalog, mode, None, {})
    empty = {address for address, value in values_of(form).items() if value is None}
    pictures = {spec.address for spec in form.specs if spec.kind is Kind.IMAGE}
    unready = problems(form.specs, values_of(form))
    assert set(unready) <= empty & pictures, f"a fresh form cannot be sent: {unready}"


async def test_the_form_of_a_server_never_asked_stands(site: Site, connector: Connector) -> None:
    form = connector.form(Catalog(), TXT2IMG, None, {})
    hold(form)
    for role in (Role.PROMPT, Role.SEED):
        assert len(form.with_role(role)) == 1


async def test_the_catalog_of_a_mode_holds_no_more_than_its_form_needs(
    site: Site, connector: Connector
) -> None:
    modes = [mode for mode in SERVICES[site.backend.service].modes if mode != WORKFLOW]
    for mode in modes:
        catalog = await connector.catalog(mode=mode)
        made = connector.form(catalog, mode, None, {})
        for other in modes:
            whole = {**(await connector.catalog(mode=other)).schema, **catalog.schema}
            assert connector.form(Catalog(catalog.version, whole), mode, None, {}) == made


async def test_a_picture_brings_what_it_needs(site: Site, connector: Connector) -> None:
    catalog = await connector.catalog()
    form = connector.form(catalog, TXT2IMG, None, {})
    fields = [spec for spec in form.with_role(Role.IMAGE) if spec.kind is Kind.IMAGE]
    if not fields:
        pytest.skip("the form takes no picture")
    assert fields[0].optional
    fed = connector.form(catalog, TXT2IMG, None, {fields[0].address: "blob:" + "0" * 64})
    hold(fed)
    assert set(site.backend.with_picture) <= {spec.address for spec in fed.specs}
