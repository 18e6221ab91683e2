"""The exact request for one snapshot, and the handle that goes with it. Pure."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from darkroom.connectors.fooocus.handle import JobHandle
from darkroom.connectors.fooocus.payload import inputs, picture_inputs
from darkroom.connectors.fooocus.pictures import FAST
from darkroom.domain.errors import Rejected
from darkroom.domain.workflow import UPSCALE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.connectors.fooocus.client import Life
    from darkroom.connectors.fooocus.config import Page
    from darkroom.connectors.fooocus.files import ServerFile
    from darkroom.domain.parameters import Value
    from darkroom.domain.snapshot import Snapshot

COMPARED = frozenset(
    {
        *("prompt", "checkpoint", "performance", "refiner", "vae", "steps", "cfg_scale", "sharpness"),
        *("sampler", "scheduler", "clip_skip"),
    }
)
"""Values that the metadata tells, beside LoRAs, styles and the size."""


def request_body(page: Page, session: str, snapshot: Snapshot) -> dict[str, Any]:
    """Both calls as they are sent, pictures as references.

    `pictures` are the positions of inputs that hold such, and `page` tells one order of inputs from another:
    the request fits no page with another one.
    """
    data = inputs(page, snapshot.mode, snapshot.values)
    return {
        "build": {"fn_index": page.build, "session_hash": session, "data": data, "event_data": None},
        "generate": {"fn_index": page.generate, "session_hash": session, "data": [None], "event_data": None},
        "pictures": picture_inputs(page, data),
        "page": order_of(page),
    }


def data_of(request: Mapping[str, Any], page: Page, profile: str) -> list[Any]:
    """The inputs in `request`.

    Raises:
        Rejected: They were made for a page with another order of inputs.
    """
    if request.get("page") != order_of(page):
        raise Rejected(
            "Fooocus's page was changed since the request was made",
            "Its inputs stand in another order now: it was updated, or started with other settings",
            "Generate it again",
            profile=profile,
        )
    return list(request["build"]["data"])


def order_of(page: Page) -> str:
    """Short name of the order of the page's inputs, and of the functions that take them."""
    text = "\n".join([str(page.build), str(page.generate), *page.names])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def job_handle(page: Page, session: str, life: Life, log: ServerFile | None, snapshot: Snapshot) -> JobHandle:
    """What finds the job again."""
    values = snapshot.values
    is_fast = snapshot.mode == UPSCALE and values.get("method") == FAST
    seed = values.get("seed")
    count = values.get("batch_size")
    known = dict(zip(page.names, page.values, strict=True))
    return JobHandle(
        session=session,
        app=life.app,
        # Of what is upscaled fast, the log says neither prompt nor seed.
        log=log.path if log is not None and not is_fast else "",
        since=life.now,
        prompt=str(values.get("prompt") or ""),
        seed=seed if isinstance(seed, int) else 0,
        count=1 if is_fast or not isinstance(count, int) else max(count, 1),
        same_seed=values.get("same_seed") is True,
        # A grid is asked for by the page's own settings alone.
        grid=known.get("grid") is True,
        asked={} if is_fast else asked_of(snapshot),
    )


def asked_of(snapshot: Snapshot) -> dict[str, Value]:
    """The values that the server should have used, to be compared with those that it did use."""
    values = snapshot.values
    names = [name for name in values if name in COMPARED or name.startswith(("lora", "style"))]
    if not values.get("image") and not values.get("aspect_ratio"):
        # From a picture, the size is the picture's.
        names += ["width", "height"]
    return {name: values[name] for name in names if name in values}
