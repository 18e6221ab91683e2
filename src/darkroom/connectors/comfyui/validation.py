"""Why ComfyUI refused a request, by the address of the field that is at fault.

Source: ComfyUI 0.3.64, `POST /prompt`, recordings `03-*`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterator

_NODE_ID = re.compile(r"Node ID '#(.*)'", re.DOTALL)

AddressOf = Callable[[str, str], str]
"""Address in the form of a node's input: `(node id, input name) → address`."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a refusal says.

    Attributes:
        title: One line.
        detail: Further lines, "" when the problems say it all.
        problems: A short phrase by address; "" for what belongs to no field.
    """

    title: str
    detail: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)


def read_refusal(document: object, address_of: AddressOf) -> Refusal:
    """What the body of a 400 says; it may be of any shape."""
    body = document if isinstance(document, Mapping) else {}
    error = body.get("error")
    error = error if isinstance(error, Mapping) else {"message": error if isinstance(error, str) else ""}
    message = excerpt(str(error.get("message") or "The server refused the workflow"), 160).rstrip(".")
    details = excerpt(str(error.get("details") or ""), 300)
    problems = _problems(body.get("node_errors"), address_of)
    if not problems:
        problems = {_whole(details, address_of): message}
    found = [f"{address or 'workflow'}: {problem}" for address, problem in problems.items()]
    title = message if message != "Prompt outputs failed validation" else "The server refused the workflow"
    if error.get("type") == "prompt_no_outputs":
        title, found = "The workflow has no output", ["No node of it saves or shows a result"]
    return Refusal(title, "\n".join(dict.fromkeys([*found, *([details] if details else [])])), problems)


def _whole(details: str, address_of: AddressOf) -> str:
    """The address of a problem with a node as a whole: an unknown class is named in the details only."""
    found = _NODE_ID.fullmatch(details)
    return address_of(found.group(1), "") if found else ""


def _problems(node_errors: object, address_of: AddressOf) -> dict[str, str]:
    found: dict[str, str] = {}
    for node_id, about in node_errors.items() if isinstance(node_errors, Mapping) else ():
        for name, phrase in _errors(about):
            address = address_of(str(node_id), name)
            said = phrase if address else f"{_where(str(node_id), about, name)}: {phrase}"
            found[address] = f"{found[address]}; {said}" if address in found else said
    return found


def _where(node_id: str, about: Mapping[str, Any], name: str) -> str:
    """Names an input that the form has no field for."""
    return excerpt(f"{about.get('class_type') or 'node'} (node {node_id}) {name}", 100).rstrip()


def _errors(about: object) -> Iterator[tuple[str, str]]:
    """(input name, phrase) of each error of one node."""
    listed = about.get("errors") if isinstance(about, Mapping) else None
    for error in listed if isinstance(listed, list) else ():
        if not isinstance(error, Mapping):
            continue
        extra = error.get("extra_info")
        extra = extra if isinstance(extra, Mapping) else {}
        name = extra.get("input_name")
        yield (name if isinstance(name, str) else ""), _phrase(error, extra)


def _phrase(error: Mapping[str, Any], extra: Mapping[str, Any]) -> str:
    """A short phrase that can stand beside the field."""
    received = excerpt(str(extra.get("received_value")), 40)
    limits = _limits(extra)
    details = excerpt(str(error.get("details") or ""), 200)
    match error.get("type"):
        case "value_not_in_list":
            return f"the server has no “{received}”"
        case "required_input_missing":
            return "needed"
        case "value_bigger_than_max":
            return f"at most {limits['max']}" if "max" in limits else "too large"
        case "value_smaller_than_min":
            return f"at least {limits['min']}" if "min" in limits else "too small"
        case "invalid_input_type":
            return f"“{received}” is not of the right kind"
        case "return_type_mismatch":
            wanted = extra.get("input_config")
            kind = wanted[0] if isinstance(wanted, list) and wanted else "another kind"
            got = excerpt(str(extra.get("received_type")), 40)
            return f"linked to {got}, needs {excerpt(str(kind), 40)}"
        case "bad_linked_input":
            return "the link is damaged"
        case "custom_validation_failed":
            return details.partition(" - ")[2] or details or "refused by its node"
        case "exception_during_validation":
            return f"could not be checked: {details}"
        case _:
            message = excerpt(str(error.get("message") or "refused"), 120)
            return f"{message}: {details}" if details else message


def _limits(extra: Mapping[str, Any]) -> Mapping[str, Any]:
    config = extra.get("input_config")
    if isinstance(config, list) and len(config) > 1 and isinstance(config[1], Mapping):
        return config[1]
    return {}


def dropped_outputs(node_errors: object, class_types: Mapping[str, str]) -> tuple[str, ...]:
    """Outputs that the server left out though it took the request, one line each.

    A 200 with `node_errors` runs the good outputs and is silent about the others.
    Source: ComfyUI 0.3.64, recording `03-one-of-two-outputs-bad`.
    """
    lines: dict[str, str] = {}
    for node_id, about in node_errors.items() if isinstance(node_errors, Mapping) else ():
        phrases = ", ".join(f"{name}: {phrase}" if name else phrase for name, phrase in _errors(about))
        ends = about.get("dependent_outputs") if isinstance(about, Mapping) else None
        for end in ends if isinstance(ends, list) and ends else [node_id]:
            shown = excerpt(f"{class_types.get(str(end), 'node')} (node {end})", 80)
            why = phrases if str(end) == str(node_id) else f"node {excerpt(str(node_id), 40)}: {phrases}"
            lines.setdefault(str(end), f"{shown} was left out by the server: {why}")
    return tuple(lines.values())
