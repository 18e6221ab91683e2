"""Checks a graph as ComfyUI does before queueing it, down to what it does not check.

Source: ComfyUI 0.3.64, `POST /prompt`, recordings 03-*. Not checked, as there: steps and multiples,
unknown extra inputs, nodes that no output depends on, values of inputs whose type is the word COMBO.
Wrong shapes that make the real server stumble (a node that is null, a prompt that is text) raise the
same kind of exception here, and the answer is the same 500.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from darkroom.demo.catalog import inputs as declared_inputs

if TYPE_CHECKING:
    from darkroom.demo.catalog import Catalog
    from darkroom.demo.folders import Folders

Problem = dict[str, Any]
"""One error: type, message, details, extra_info."""

STUMBLES = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What indexing, converting and comparing foreign values may raise."""

CONVERT: dict[str, type[int] | type[float] | type[str] | type[bool]] = {
    "INT": int,
    "FLOAT": float,
    "STRING": str,
    "BOOLEAN": bool,
}
LONGEST_LIST = 20
"""Longer lists of choices are not spelled out in an error."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `POST /prompt` is answered with."""

    error: Problem | None
    """Why nothing runs; None when at least one output is good."""
    outputs: list[str]
    """Output nodes that will be executed."""
    node_errors: dict[str, Any]
    """Problems by node; may be non-empty although other outputs run."""


def problem(kind: str, message: str, details: str, **extra: Any) -> Problem:
    """One error in the server's shape."""
    return {"type": kind, "message": message, "details": details, "extra_info": extra}


def validate(prompt: Any, targets: list[str] | None, catalog: Catalog, folders: Folders) -> Verdict:
    """Checks a graph and converts numbers in it in place.

    Args:
        prompt: The graph as it came; anything that JSON can say.
        targets: `partial_execution_targets`, or None for all output nodes.
        catalog: Classes and their inputs.
        folders: Where LoadImage looks for pictures.

    Raises:
        Exception: One of `STUMBLES` for shapes that the real server answers with 500.
    """
    outputs = []
    for node_id in prompt:
        refused = _refuse_node(node_id, prompt[node_id], catalog)
        if refused is not None:
            return Verdict(refused, [], {})
        is_output = catalog.info(prompt[node_id]["class_type"])["output_node"]
        if is_output and (targets is None or node_id in targets):
            outputs.append(node_id)
    if not outputs:
        return Verdict(problem("prompt_no_outputs", "Prompt has no outputs", ""), [], {})
    return _Check(prompt, catalog, folders).verdict(outputs)


def _refuse_node(node_id: str, node: Any, catalog: Catalog) -> Problem | None:
    if "class_type" not in node:
        message = "Cannot execute because a node is missing the class_type property."
    elif node["class_type"] not in catalog:
        message = f"Cannot execute because node {node['class_type']} does not exist."
    else:
        return None
    return problem("invalid_prompt", message, f"Node ID '#{node_id}'")


@dataclass(slots=True)
class _Result:
    valid: bool
    problems: list[Problem]


@dataclass(slots=True)
class _Check:
    """One walk over one graph."""

    prompt: dict[str, Any]
    catalog: Catalog
    folders: Folders
    done: dict[Any, _Result] = field(default_factory=dict)
    under_way: set[Any] = field(default_factory=set)

    def verdict(self, outputs: list[str]) -> Verdict:
        good, bad = [], []
        node_errors: dict[str, Any] = {}
        for output in outputs:
            result = self._output(output)
            if result.valid:
                good.append(output)
                continue
            bad.extend(result.problems)
            self._blame(output, node_errors)
        if good:
            return Verdict(None, good, node_errors)
        details = "\n".join(f"{p['message']}: {p['details']}" for p in bad)
        message = "Prompt outputs failed validation"
        return Verdict(problem("prompt_outputs_failed_validation", message, details), [], node_errors)

    def _output(self, output: str) -> _Result:
        try:
            return self._node(output)
        except STUMBLES as error:
            found = problem(
                "exception_during_validation",
                "Exception when validating node",
                str(error),
                exception_type=type(error).__qualname__,
                traceback=traceback.format_tb(error.__traceback__),
            )
            self.done[output] = _Result(False, [found])
            return self.done[output]
        finally:
            self.under_way.clear()

    def _blame(self, output: str, node_errors: dict[str, Any]) -> None:
        """Adds every node with problems of its own, and that this output depends on it.

        Source: ComfyUI 0.3.64 blames all problems found so far, those of earlier outputs too.
        """
        for node_id, result in self.done.items():
            if result.valid or not result.problems:
                continue
            entry = node_errors.setdefault(
                node_id,
                {
                    "errors": result.problems,
                    "dependent_outputs": [],
                    "class_type": self.prompt[node_id]["class_type"],
                },
            )
            entry["dependent_outputs"].append(output)

    def _node(self, node_id: str) -> _Result:
        if node_id in self.done:
            return self.done[node_id]
        if node_id in self.under_way:
            # A cycle. The real server runs out of stack here, and reports nothing at all.
            return _Result(False, [])
        self.under_way.add(node_id)
        node = self.prompt[node_id]
        given, class_type = node["inputs"], node["class_type"]
        problems: list[Problem] = []
        valid = True
        custom = ("image",) if class_type == "LoadImage" else ()
        for name, spec in declared_inputs(self.catalog.info(class_type)).items():
            if name not in given:
                if name in self.catalog.info(class_type)["input"].get("required", {}):
                    missing = "Required input is missing"
                    problems.append(problem("required_input_missing", missing, name, input_name=name))
            elif isinstance(given[name], list):
                found, upstream = self._link(name, spec, given[name])
                problems.extend(found)
                valid = valid and upstream
            else:
                problems.extend(_value(name, spec, given, unchecked=name in custom))
        if custom:
            problems.extend(self._load_image(given))
        self.done[node_id] = _Result(valid and not problems, problems)
        return self.done[node_id]

    def _link(self, name: str, spec: list[Any], link: list[Any]) -> tuple[list[Problem], bool]:
        """Problems of a link itself, and whether all is well upstream."""
        wanted, info = spec[0], _config(spec)
        if len(link) != 2:
            message = "Bad linked input, must be a length-2 list of [node_id, slot_index]"
            extra = {"input_name": name, "input_config": info, "received_value": link}
            return [problem("bad_linked_input", message, name, **extra)], True
        source = link[0]
        received = tuple(self.catalog.info(self.prompt[source]["class_type"])["output"])[link[1]]
        if not types_fit(received, wanted):
            details = f"{name}, received_type({received}) mismatch input_type({wanted})"
            extra = {"input_name": name, "input_config": info, "received_type": received, "linked_node": link}
            message = "Return type mismatch between linked nodes"
            return [problem("return_type_mismatch", message, details, **extra)], True
        try:
            return [], self._node(source).valid
        except STUMBLES as error:
            found = problem(
                "exception_during_inner_validation",
                "Exception when validating inner node",
                str(error),
                input_name=name,
                input_config=info,
                exception_message=str(error),
                exception_type=type(error).__qualname__,
                traceback=traceback.format_tb(error.__traceback__),
                linked_node=link,
            )
            self.done[source] = _Result(False, [found])
            return [], False

    def _load_image(self, given: dict[str, Any]) -> list[Problem]:
        if "image" not in given:
            raise TypeError("LoadImage.VALIDATE_INPUTS() missing 1 required positional argument: 'image'")
        name = given["image"]
        if isinstance(name, list) or self.folders.picture(name).exists():
            return []
        message, details = "Custom validation failed for node", f"image - Invalid image file: {name}"
        return [problem("custom_validation_failed", message, details, input_name="image")]


def types_fit(received: Any, wanted: Any) -> bool:
    """Whether an output of type `received` may be linked to an input of type `wanted`.

    Types are words, or several joined by commas of which one in common is enough; `*` fits all.
    """
    if received == wanted or wanted == "*" or received == "*":
        return True
    if not isinstance(received, str) or not isinstance(wanted, str):
        return False
    return not {t.strip() for t in received.split(",")}.isdisjoint(t.strip() for t in wanted.split(","))


def _config(spec: list[Any]) -> list[Any]:
    """An input's type and options, as errors show them: always both."""
    return [spec[0], spec[1] if len(spec) > 1 else {}]


def _value(name: str, spec: list[Any], given: dict[str, Any], *, unchecked: bool) -> list[Problem]:
    """Converts one widget's value in place and checks its range or choices; at most one problem."""
    wanted, info = spec[0], _config(spec)
    value = given[name]
    if isinstance(value, dict) and "__value__" in value:
        value = given[name] = value["__value__"]
    extra = {"input_name": name, "input_config": info, "received_value": value}
    if isinstance(wanted, str) and wanted in CONVERT:
        try:
            value = given[name] = CONVERT[wanted](value)
        except STUMBLES as error:
            message = f"Failed to convert an input value to a {wanted} value"
            details = f"{name}, {value}, {error}"
            extra["exception_message"] = str(error)
            return [problem("invalid_input_type", message, details, **extra)]
    if unchecked:
        return []
    extra["received_value"] = value
    low, high = info[1].get("min"), info[1].get("max")
    if low is not None and value < low:
        message = f"Value {value} smaller than min of {low}"
        return [problem("value_smaller_than_min", message, name, **extra)]
    if high is not None and value > high:
        message = f"Value {value} bigger than max of {high}"
        return [problem("value_bigger_than_max", message, name, **extra)]
    if isinstance(wanted, list) and value not in wanted:
        shown = str(wanted)
        if len(wanted) > LONGEST_LIST:
            shown, extra["input_config"] = f"(list of length {len(wanted)})", None
        return [
            problem("value_not_in_list", "Value not in list", f"{name}: '{value}' not in {shown}", **extra)
        ]
    return []
