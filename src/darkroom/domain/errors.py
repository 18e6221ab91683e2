"""The tree of errors that Darkroom shows to people.

    DarkroomError(title, detail, hint)
    ├ ConfigError(file, line, key)
    ├ StoreError ─ NewerSchema, DamagedDatabase, Superseded
    ├ InputError ─ AmbiguousName
    ├ DamagedPicture
    └ ConnectorError(profile)
      ├ Unreachable ├ TimedOut ├ Unauthorized ├ Unsupported
      ├ ProtocolError(endpoint, excerpt) ├ Rejected(problems) ├ OutOfMemory └ JobLost

Every error says what happened (`title`), what is known about it (`detail`) and what to do (`hint`).
They are raised at the edges (`raise … from error`) and shown, never parsed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.domain.text import excerpt, printable

if TYPE_CHECKING:
    from pathlib import Path


class DarkroomError(Exception):
    """Base of everything that Darkroom raises on purpose.

    Attributes:
        title: One line without a full stop, fit for a status line.
        detail: What is known, any number of lines; may be empty.
        hint: What the person can do about it; may be empty.
    """

    def __init__(self, title: str, detail: str = "", hint: str = "") -> None:
        self.title = printable(title)
        self.detail = printable(detail, keep_lines=True)
        self.hint = printable(hint, keep_lines=True)
        super().__init__(self.title)

    def lines(self) -> list[str]:
        """The error as lines of plain text, the title first."""
        return [part for part in (self.title, self.detail, self.hint) if part]


class ConfigError(DarkroomError):
    """A setting that cannot be used.

    Attributes:
        file: The file that holds it, when it came from one.
        line: 1-based line in `file`, when known.
        key: Dotted name of the setting.
    """

    def __init__(
        self,
        title: str,
        detail: str = "",
        hint: str = "",
        *,
        file: Path | None = None,
        line: int | None = None,
        key: str = "",
    ) -> None:
        super().__init__(title, detail, hint)
        self.file = file
        self.line = line
        self.key = key


class StoreError(DarkroomError):
    """The database or the data folder cannot be used as asked."""


class NewerSchema(StoreError):
    """The database was written by a newer Darkroom; it is left untouched."""


class DamagedDatabase(StoreError):
    """The file is not a healthy SQLite database; it is left untouched."""


class Superseded(StoreError):
    """Another process has taken the generation over; this one must stop working on it."""


class LeaseExpired(Superseded):
    """This process was not heard of for so long that another one may have taken its jobs over."""


class InputError(DarkroomError):
    """Something a person typed, pasted or named cannot be used."""


class AmbiguousName(InputError):
    """A name that fits several things.

    Attributes:
        candidates: What it could have meant, in the order of the form.
    """

    def __init__(self, name: str, candidates: tuple[str, ...]) -> None:
        super().__init__(
            f"“{excerpt(name, 60)}” is ambiguous",
            "It could be " + ", ".join(candidates),
            "Use one of these names",
        )
        self.candidates = candidates


class DamagedPicture(DarkroomError):
    """Bytes that claim to be a picture and cannot be decoded whole, or are too large to try."""


class ConnectorError(DarkroomError):
    """A server, or the way to it, failed.

    Attributes:
        profile: Name of the profile that was spoken to.
    """

    def __init__(self, title: str, detail: str = "", hint: str = "", *, profile: str = "") -> None:
        super().__init__(title, detail, hint)
        self.profile = profile


class Unreachable(ConnectorError):
    """Nothing answers at the address; says nothing about what became of a job.

    Attributes:
        sent: The request may have arrived. False only when it certainly did not (connection refused).
    """

    def __init__(
        self, title: str, detail: str = "", hint: str = "", *, profile: str = "", sent: bool = True
    ) -> None:
        super().__init__(title, detail, hint, profile=profile)
        self.sent = sent


class TimedOut(Unreachable):
    """Something accepted the connection and then did not answer in time."""


class Unauthorized(ConnectorError):
    """The server, or a proxy before it, wants credentials (401, 403, 407)."""


class Unsupported(ConnectorError):
    """The server cannot do this; `capability` is its name in `Capabilities`."""

    def __init__(
        self, title: str, detail: str = "", hint: str = "", *, profile: str = "", capability: str = ""
    ) -> None:
        super().__init__(title, detail, hint, profile=profile)
        self.capability = capability


class ProtocolError(ConnectorError):
    """An answer that is not what this service says (HTML, broken JSON, wrong service).

    Attributes:
        endpoint: Method and path that was asked.
        excerpt: The start of the answer, made printable.
    """

    def __init__(
        self,
        title: str,
        detail: str = "",
        hint: str = "",
        *,
        profile: str = "",
        endpoint: str = "",
        body: str = "",
    ) -> None:
        super().__init__(title, detail, hint, profile=profile)
        self.endpoint = endpoint
        self.excerpt = excerpt(body, 200)


class Rejected(ConnectorError):
    """The server refused the request before running it.

    Attributes:
        problems: Reason by parameter address; reasons that belong to no field have the address "".
    """

    def __init__(
        self,
        title: str,
        detail: str = "",
        hint: str = "",
        *,
        profile: str = "",
        problems: dict[str, str] | None = None,
    ) -> None:
        super().__init__(title, detail, hint, profile=profile)
        self.problems = problems or {}


class JobFailed(ConnectorError):
    """The server ran the job, and the job failed: the server itself is well."""


class OutOfMemory(ConnectorError):
    """The server ran out of memory (GPU or main) while it worked."""


class JobLost(ConnectorError):
    """The server knows nothing of a job that it had accepted."""
