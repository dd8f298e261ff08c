"""One thing found in a template, whoever found it."""

from __future__ import annotations

from dataclasses import dataclass

from garrison.rules import Severity
from garrison.templates import Path

RANKS = {severity: rank for rank, severity in enumerate(reversed(Severity))}


@dataclass(frozen=True, slots=True)
class Found:
    """One finding."""

    source: str
    """`template`, `cfn-lint`, `config-rule` or `access-analyzer`."""
    code: str
    """`E3012`, `S3_BUCKET_VERSIONING_ENABLED`, `PASS_ROLE_WITH_STAR_IN_RESOURCE` …"""
    severity: Severity
    message: str
    path: Path = ()
    """In the template, where the place is still to be found."""
    place: tuple[int, int] | None = None
    """Line and column from 1."""
    remedy: str = ""

    @property
    def resource(self) -> str | None:
        """The logical name of the resource that it is about."""
        return str(self.path[1]) if len(self.path) > 1 and self.path[0] == "Resources" else None
