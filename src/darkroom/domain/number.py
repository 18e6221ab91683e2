"""Numbers as people type them: small sums, and steps along a parameter's own grid."""

from __future__ import annotations

import ast
import math
import operator
import re
from decimal import Decimal
from typing import TYPE_CHECKING

from darkroom.domain.errors import InputError
from darkroom.domain.parameters import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from darkroom.domain.parameters import ParameterSpec

Number = int | float

_LENGTH = 100
_LARGEST = 2**80
_ALLOWED = re.compile(r"[0-9.eE+\-*/%() ]*")
_BINARY: dict[type[ast.operator], Callable[[Number, Number], Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_UNARY: dict[type[ast.unaryop], Callable[[Number], Number]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}


def evaluate(text: str) -> Number:
    """The value of a small sum: "1024*1.5" is 1536, "(7+8)/2" is 7.5.

    Args:
        text: Numbers, + - * / // % and parentheses, at most 100 characters. It is parsed and
            walked, never executed.

    Returns:
        A whole result as `int`.

    Raises:
        InputError: It is no sum, or its result is no finite number of a sensible size.
    """
    plain = text.strip()
    if not plain or len(plain) > _LENGTH or not _ALLOWED.fullmatch(plain):
        raise InputError("That is no number", hint="A number, or a sum such as 1024*1.5")
    try:
        value = _walk(ast.parse(plain, mode="eval").body)
    except ZeroDivisionError as error:
        raise InputError("That divides by zero") from error
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        raise InputError("That is no number", hint="A number, or a sum such as 1024*1.5") from error
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _walk(node: ast.expr) -> Number:
    match node:
        case ast.Constant(value=int() | float() as value):
            return _bounded(value)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _bounded(_BINARY[type(op)](_walk(left), _walk(right)))
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
            return _UNARY[type(op)](_walk(operand))
    raise ValueError("not arithmetic")


def _bounded(value: Number) -> Number:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("not finite")
    if abs(value) > _LARGEST:
        raise ValueError("too large")
    return value


def snap(spec: ParameterSpec, value: Number) -> Number:
    """The value nearest to `value` that lies on the parameter's grid and within its range.

    The grid is counted from 0, so that a step of 8 gives multiples of 8 whatever the minimum; the
    ends of the range count as on it.
    """
    step = spec.step or (1 if spec.kind in (Kind.INTEGER, Kind.SEED) else 0)
    if step > 0 and math.isfinite(step):
        value = _plain(round(_decimal(value) / _decimal(step)) * _decimal(step))
    return clamp(spec, value)


def clamp(spec: ParameterSpec, value: Number) -> Number:
    """`value`, or the end of the parameter's range that is nearest to it."""
    if spec.minimum is not None and value < spec.minimum:
        value = spec.minimum
    if spec.maximum is not None and value > spec.maximum:
        value = spec.maximum
    if spec.kind in (Kind.INTEGER, Kind.SEED):
        return round(value)
    return value


def stepped(spec: ParameterSpec, value: Number, count: int) -> Number:
    """What pressing + (`count` 1) or - (-1) makes of `value`; within the range, free of 0.30000000000000004.

    A parameter without a step of its own moves by 1, or by 0.1 where fractions count.
    """
    step = spec.step or (Decimal("0.1") if spec.kind is Kind.NUMBER else 1)
    return clamp(spec, _plain(_decimal(value) + _decimal(step) * count))


def _decimal(value: Number | Decimal) -> Decimal:
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _plain(value: Decimal) -> Number:
    return int(value) if value == value.to_integral_value() else float(value)
