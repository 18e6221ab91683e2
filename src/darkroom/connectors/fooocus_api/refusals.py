"""Why the server refused a request, and which field is to blame. Pure.

Source: Fooocus-API 0.5.0.1, recordings `err_*` (422), `queue_full_async`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from darkroom.connectors.fooocus.slots import slot_address
from darkroom.connectors.fooocus_api.names import ADVANCED, COMMON, MORE
from darkroom.domain.errors import Rejected
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from darkroom.connectors.http import Answer

_ADDRESSES = {**MORE, **{sent: a for a, sent in COMMON.items()}, **{sent: a for a, sent in ADVANCED.items()}}
_PARTS = {"weight": "strength", "cn_img": "", "cn_type": "type", "cn_stop": "stop", "cn_weight": "weight"}
_LISTS = {"loras": "lora", "image_prompts": "image_prompt"}


def invalid(document: object, profile: str) -> Rejected:
    """The refusal that a 422 tells: `{"detail": [{"loc": [...], "msg": ...}], "body": <the request>}`."""
    detail = document.get("detail") if isinstance(document, Mapping) else None
    problems: dict[str, str] = {}
    for item in detail if isinstance(detail, list) else ():
        if isinstance(item, Mapping):
            problems.setdefault(address_of(item.get("loc")), excerpt(str(item.get("msg") or "refused"), 200))
    first = next(iter(problems.values()), "it does not say why")
    return Rejected(
        "The server refuses these values",
        first,
        "Correct the marked fields",
        profile=profile,
        problems=problems,
    )


def address_of(loc: object) -> str:
    """The field that a place in the request came from; "" when it is none of the form's."""
    if not isinstance(loc, list):
        return ""
    match [part for part in loc if part not in ("body", "advanced_params")]:
        case [str(name)]:
            return _ADDRESSES.get(name, "")
        case [str(name), int(index), *rest] if name in _LISTS:
            part = _PARTS.get(str(rest[-1]), "") if rest else ""
            return slot_address(_LISTS[name], index + 1, part)
        case ["style_selections", int(index), *_]:
            return slot_address("style", index + 1)
    return ""


def queue_full(profile: str) -> Rejected:
    """The refusal of a server that has as many jobs as it takes."""
    return Rejected(
        "The server's queue is full",
        "It takes no further job until one is done",
        "Wait, or start Fooocus-API with a larger --queue-size",
        profile=profile,
    )


def broken(answer: Answer, profile: str, *, pictures: bool) -> Rejected:
    """The refusal of a server that failed on the request itself (status 500).

    A picture that it cannot decode does that. Source: recording `v2_t2i_with_ip_badimg`.
    """
    return Rejected(
        f"The server failed on the request (status {answer.status})",
        excerpt(answer.text(), 300),
        "One of the pictures may be of a kind that it cannot read" if pictures else "See the server's log",
        profile=profile,
    )
