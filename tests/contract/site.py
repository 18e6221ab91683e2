"""A running server under test, and the requests that the common suite makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from darkroom.domain.defaults import SYSTEM_DEFAULTS
from darkroom.domain.form import Layers, merge
from darkroom.domain.parameters import Kind, Role
from darkroom.domain.snapshot import Snapshot
from darkroom.domain.workflow import TXT2IMG
from tests.contract.driving import Blobs, new_seed, prepare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.connectors.base import Connector, Prepared
    from darkroom.domain.form import Form
    from darkroom.domain.parameters import Values
    from tests.contract.backends.base import Backend
    from tests.servers.process import ServerProcess


@dataclass(frozen=True)
class Asked:
    """A request, and the pictures that it feeds in."""

    snapshot: Snapshot
    blobs: Blobs = field(default_factory=Blobs)


@dataclass(frozen=True)
class Site:
    """A server under test.

    Attributes:
        backend: What is known of its service.
        url: Where it listens.
        process: The test server; `None` for a real one, which takes no faults.
    """

    backend: Backend
    url: str
    process: ServerProcess | None = None

    @property
    def server(self) -> ServerProcess:
        """The test server; the test skips on a real one."""
        if self.process is None:
            pytest.skip("faults are for test servers")
        return self.process

    def open(self, name: str = "test") -> Connector:
        """A client; to be closed."""
        return self.backend.open(self.url, name=name)

    async def ask(
        self,
        connector: Connector,
        values: Values,
        *,
        mode: str = TXT2IMG,
        pictures: Mapping[Role, bytes] | None = None,
    ) -> Asked:
        """A request as the program makes it: the form's defaults, `values` by address, a fresh seed.

        The test skips when the form has no field for a picture.
        """
        catalog = await connector.catalog(mode=mode)
        form = connector.form(catalog, mode, None, values)
        blobs, typed = Blobs(), dict(values)
        inputs = {}
        for role, data in (pictures or {}).items():
            address = picture_address(form, role)
            inputs[address] = blobs.add(data)
            typed[address] = f"blob:{inputs[address].hash}"
            # A picture brings further fields.
            form = connector.form(catalog, mode, None, typed)
        unknown = set(typed) - {spec.address for spec in form.specs}
        assert not unknown, f"the form has no {unknown}"
        for spec in form.specs:
            if spec.kind is Kind.SEED and spec.address not in typed:
                typed[spec.address] = new_seed(spec.maximum)
        fields = merge(form, Layers(system=SYSTEM_DEFAULTS, typed=typed))
        snapshot = Snapshot(
            service=self.backend.service,
            profile="test",
            mode=mode,
            workflow=mode,
            values={address: field.value for address, field in fields.items()},
            roles={spec.address: spec.role for spec in form.specs if spec.role is not None},
            inputs=inputs,
        )
        return Asked(snapshot, blobs)

    async def prepare(
        self, connector: Connector, values: Values, pictures: Mapping[Role, bytes] | None = None
    ) -> Prepared:
        """A request of the main mode, ready to be sent."""
        asked = await self.ask(connector, values, pictures=pictures)
        return await prepare(connector, asked.snapshot, asked.blobs)


def picture_address(form: Form, role: Role) -> str:
    """Address of the first picture field with `role`; the test skips when there is none."""
    found = [spec.address for spec in form.with_role(role) if spec.kind is Kind.IMAGE]
    if not found:
        pytest.skip(f"the form has no {role}")
    return found[0]
