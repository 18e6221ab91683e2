"""Between rows and the domain's types, and a snapshot's columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.generation import Output, OutputKind, Reason, Status, Summary
from darkroom.domain.parameters import Role
from darkroom.domain.session import Session
from darkroom.store import codec

if TYPE_CHECKING:
    import sqlite3

    from darkroom.domain.parameters import Value
    from darkroom.domain.snapshot import Snapshot

SUMMARY = """
    g.number, g.id, g.session_id, g.status, g.created_at, g.trashed_at, g.duration_s, g.expected,
    g.output_count, g.unchanged, g.width, g.height, g.steps, g.cfg_scale, g.seed, g.sampler, g.scheduler,
    g.profile, g.workflow, g.checkpoint, g.reason_title, g.reason_detail, g.reason_hint, g.reason_kind,
    g.prompt, g.negative, g.remarks, g.retry_of,
    o.position AS o_position, o.hash AS o_hash, o.name AS o_name, o.kind AS o_kind,
    o.media_type AS o_media_type, o.size_bytes AS o_size_bytes, o.width AS o_width, o.height AS o_height,
    o.node AS o_node
"""
"""Columns that `summary` reads, of `generations AS g` with `FIRST_OUTPUT`."""

FIRST_OUTPUT = """
    LEFT JOIN outputs AS o ON o.generation = g.number
        AND o.position = (
            SELECT position FROM outputs WHERE generation = g.number ORDER BY node <> '', position LIMIT 1
        )
"""
"""The output that stands for a generation: extras (a grid) have a `node` where no picture has one."""


def summary(row: sqlite3.Row) -> Summary:
    """A row of `SUMMARY` columns."""
    return Summary(
        id=row["id"],
        session_id=row["session_id"],
        number=row["number"],
        status=Status(row["status"]),
        created_at=codec.moment(row["created_at"]),
        prompt=row["prompt"],
        negative=row["negative"],
        seed=row["seed"],
        width_px=row["width"],
        height_px=row["height"],
        steps=row["steps"],
        cfg_scale=row["cfg_scale"],
        sampler=row["sampler"],
        scheduler=row["scheduler"],
        checkpoint=row["checkpoint"],
        profile=row["profile"],
        workflow=row["workflow"],
        duration_s=row["duration_s"],
        expected=row["expected"],
        output_count=row["output_count"],
        first_output=None if row["o_position"] is None else output(row, "o_"),
        reason=reason(row),
        unchanged=bool(row["unchanged"]),
        trashed=row["trashed_at"] is not None,
        remarks=row["remarks"],
        retry_of=row["retry_of"],
    )


def reason(row: sqlite3.Row) -> Reason | None:
    """Why a generation ended as it did."""
    if row["reason_title"] is None:
        return None
    return Reason(row["reason_title"], row["reason_detail"], row["reason_hint"], row["reason_kind"])


def output(row: sqlite3.Row, prefix: str = "") -> Output:
    """A row of `outputs`, its columns named with `prefix`."""
    return Output(
        index=row[f"{prefix}position"],
        hash=row[f"{prefix}hash"],
        name=row[f"{prefix}name"],
        kind=OutputKind(row[f"{prefix}kind"]),
        media_type=row[f"{prefix}media_type"],
        size_bytes=row[f"{prefix}size_bytes"],
        width_px=row[f"{prefix}width"],
        height_px=row[f"{prefix}height"],
        node=row[f"{prefix}node"],
    )


def session(row: sqlite3.Row) -> Session:
    """A row of `sessions`."""
    return Session(
        id=row["id"],
        name=row["name"],
        created_at=codec.moment(row["created_at"]),
        used_at=codec.moment(row["used_at"]),
        complete=row["complete"],
        failed=row["failed"],
        unfinished=row["unfinished"],
        workflow_id=row["workflow_id"],
        profile=row["profile"],
        trashed=row["trashed_at"] is not None,
    )


def columns(snapshot: Snapshot) -> dict[str, str | int | float | None]:
    """The columns of `generations` that lists show and filters ask, read from a snapshot.

    Where a graph has several of a kind, texts are joined (all of them are searched) and numbers are
    the first's.
    """
    found: dict[Role, list[Value]] = {}
    for address, role in snapshot.roles.items():
        found.setdefault(role, []).append(snapshot.values.get(address))

    def first(role: Role) -> Value:
        return found[role][0] if role in found else None

    def joined(role: Role, by: str) -> str:
        texts = dict.fromkeys(value for value in found.get(role, ()) if isinstance(value, str) and value)
        return codec.text(by.join(texts))

    seed = first(Role.SEED)
    return {
        "width": codec.integer(first(Role.WIDTH)),
        "height": codec.integer(first(Role.HEIGHT)),
        "steps": codec.integer(first(Role.STEPS)),
        "cfg_scale": codec.real(first(Role.CFG_SCALE)),
        "denoise": codec.real(first(Role.DENOISE)),
        "batch_size": codec.integer(first(Role.BATCH_SIZE)),
        "seed": "" if seed is None else codec.text(str(seed)),
        "sampler": joined(Role.SAMPLER, ", "),
        "scheduler": joined(Role.SCHEDULER, ", "),
        "service": codec.text(snapshot.service),
        "profile": codec.text(snapshot.profile),
        "workflow": codec.text(snapshot.workflow),
        "checkpoint": joined(Role.CHECKPOINT, ", "),
        "loras": joined(Role.LORA, ", "),
        "prompt": joined(Role.PROMPT, "\n"),
        "negative": joined(Role.NEGATIVE, "\n"),
    }


def blob_hashes(snapshot: Snapshot) -> set[str]:
    """Hashes of the pictures a snapshot is fed with."""
    named = {str(value).removeprefix("blob:") for value in snapshot.values.values() if _is_blob(value)}
    return {blob.hash for blob in snapshot.inputs.values()} | named


def _is_blob(value: object) -> bool:
    return isinstance(value, str) and value.startswith("blob:") and len(value) == len("blob:") + 64
