"""What a check says about a policy: issue code, kind, words, link and the places it is about."""

from __future__ import annotations

import enum
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from .positions import Node, Position, Text

REFERENCE = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"
    "#access-analyzer-reference-policy-checks"
)


class FindingType(enum.StrEnum):
    """How serious a finding is, the worst first."""

    ERROR = "ERROR"
    SECURITY_WARNING = "SECURITY_WARNING"
    WARNING = "WARNING"
    SUGGESTION = "SUGGESTION"


_TYPES = {
    "error": FindingType.ERROR,
    "security-warning": FindingType.SECURITY_WARNING,
    "general-warning": FindingType.WARNING,
    "suggestion": FindingType.SUGGESTION,
}

PathElement = tuple[str, str | int]
"""`("value", "Statement")`, `("index", 0)` or `("key", "aws:SourceIp")`."""
Path = tuple[PathElement, ...]


@dataclass(frozen=True, slots=True)
class Location:
    """A place in the policy."""

    path: Path
    start: Position
    end: Position


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found."""

    issue_code: str
    finding_type: FindingType
    details: str
    learn_more_link: str
    locations: tuple[Location, ...]


@dataclass(frozen=True, slots=True)
class _Check:
    kind: str
    words: str


@cache
def _catalogue() -> dict[str, _Check]:
    data = tomllib.loads(files(__package__).joinpath("checks.toml").read_text())
    return {code: _Check(kind, words) for kind, checks in data.items() for code, words in checks.items()}


def issue_codes() -> dict[str, FindingType]:
    """Every issue code with its kind."""
    return {code: _TYPES[check.kind] for code, check in _catalogue().items()}


MAX_FINDINGS = 2000
"""More are of no use to anybody; the checks end there."""
MAX_SHOWN = 200
"""Characters of the policy's own words that a finding repeats."""


class Findings:
    """What the checks collect."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._found: list[Finding] = []

    @property
    def is_full(self) -> bool:
        """Whether no further findings are taken."""
        return len(self._found) >= MAX_FINDINGS

    def add(self, code: str, path: Path, span: Node | tuple[int, int], **words: object) -> None:
        """Take a finding about one place."""
        if self.is_full:
            return
        check = _catalogue()[code]
        start, end = (span.start, span.end) if isinstance(span, Node) else span
        shown = {name: str(word)[:MAX_SHOWN] for name, word in words.items()}
        self._found.append(
            Finding(
                code,
                _TYPES[check.kind],
                check.words.format(**shown),
                f"{REFERENCE}-{check.kind}-{code.lower().replace('_', '-')}",
                (Location(path, self._text.position(start), self._text.position(end)),),
            )
        )

    def ordered(self) -> tuple[Finding, ...]:
        """All of them, in the order of the text."""
        return tuple(sorted(self._found, key=lambda one: (one.locations[0].start.offset, one.issue_code)))

    def codes(self) -> Iterable[str]:
        """The issue codes so far."""
        return (one.issue_code for one in self._found)
