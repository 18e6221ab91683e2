"""What the common suite needs of each service: a module here, with a `BACKEND`.

An owner provides, in `tests/contract/backends/<service>.py` (`fooocus_api.py` for fooocus-api):

 1. `BACKEND = Backend(…)`; see `base.Backend` for what each attribute means, and `comfyui.py` for an example.
 2. A test server, `tests/servers/<service>`, on `tests/servers/harness`: a `ServerProcess` that takes the
    faults below and tells its state (`ServerProcess.state`, `GET /darkroom/control`). Give it a pace at which
    `quick` takes some tenths of a second, `steady` about two seconds, and `long` a minute or more.
 3. Tests of the service's numbered surprises in `tests/contract/<service>/` or `tests/unit/<service>/`, and
    a table in the `__init__.py` of the former that says which is tested where.

Nothing else: the suite makes requests through `connector.form`, as the program does. What a service cannot
do is read from `connector.capabilities` and from its form; such tests skip and say why. A step of sampling
is a `Progress` with `Stage.SAMPLING` and a `step` or a `fraction` above 0.

Faults, `POST /darkroom/control` `{"fault": NAME, "count": N, …}`; `count` 1 unless given, -1 until "clear":

    fail      the next job fails while it runs, as the service tells failures
    oom       the next job runs out of memory, likewise
    refuse    the next submit is refused, as the service refuses values that it does not take; no job is made
    cut       a connection breaks without a word; `at`: "submit" (the request is not even read), "submitted"
              (the job is taken, the answer is lost), "running" (all open connections, when a job has begun
              to sample), "output" (in the midst of a result's bytes)
    silence   from the next step on, nothing is answered or pushed for `seconds`; the job goes on meanwhile
    half      the next picture that is handed out is cut in half, as if it were whole
    hostile   names in lists and messages of failures hold markup, escapes and 10 kB lines (`count` -1)
    busy      a foreign job runs for ever, and ours wait behind it, until "free"
    free      the foreign job ends by itself
    expire    what the server handed out at logins (tokens, cookies) is no longer valid
    clear     ends all of these, the foreign job too
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from darkroom.domain.service import SERVICES

if TYPE_CHECKING:
    from tests.contract.backends.base import Backend


def available() -> dict[str, Backend]:
    """The backends that are there, by service id, in the order of the services."""
    found = {service: _load(service) for service in SERVICES}
    return {service: backend for service, backend in found.items() if backend is not None}


def _load(service: str) -> Backend | None:
    name = f"{__name__}.{service.replace('-', '_')}"
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return None
    backend: Backend = module.BACKEND
    assert backend.service == service
    return backend
