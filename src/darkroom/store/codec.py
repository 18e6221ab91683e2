"""Between values of the program and values of SQLite.

JSON is written as ASCII: escapes carry what SQLite's text cannot (lone surrogates, which a server's
JSON may well hold), so that a snapshot comes back exactly. Plain columns are for reading and
searching; there a lone surrogate becomes U+FFFD.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_INTEGER_MIN, _INTEGER_MAX = -(2**63), 2**63 - 1


def micros(moment: datetime) -> int:
    """`moment` (aware) as microseconds since 1970, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(since_epoch: int) -> datetime:
    """The inverse of `micros`, in UTC."""
    return _EPOCH + timedelta(microseconds=since_epoch)


def moment_or_none(since_epoch: int | None) -> datetime | None:
    """`moment`, or `None` for NULL."""
    return None if since_epoch is None else moment(since_epoch)


def text(value: str) -> str:
    """`value` as SQLite can keep it: lone surrogates become U+FFFD; NUL and all else stay."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def to_json(value: object) -> str:
    """`value` as ASCII JSON without spaces."""
    return json.dumps(value, separators=(",", ":"))


def from_json(stored: str) -> Any:
    """What `to_json` wrote."""
    return json.loads(stored)


def pack(value: str) -> bytes:
    """Text, compressed; lone surrogates survive. "" stays empty."""
    return zlib.compress(value.encode("utf-8", "surrogatepass"), 3) if value else b""


def unpack(packed: bytes) -> str:
    """What `pack` was given.

    Raises:
        zlib.error: The bytes are damaged.
    """
    return zlib.decompress(packed).decode("utf-8", "surrogatepass") if packed else ""


def integer(value: object) -> int | None:
    """`value` for an INTEGER column: `None` for what is no whole number or exceeds 64 bits."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if _INTEGER_MIN <= value <= _INTEGER_MAX else None


def real(value: object) -> float | None:
    """`value` for a REAL column: `None` for what is no number or exceeds a double."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def digest(value: str) -> str:
    """SHA-256 of a text, 64 hexadecimal digits."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def now() -> int:
    """The present, as `micros`."""
    return micros(datetime.now(UTC))
