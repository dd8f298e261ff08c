"""What one rule of a benchmark says of one host."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field


class Verdict(enum.StrEnum):
    """What a rule came to; only `PASS` is one. The words of XCCDF 1.2, "Rule results"."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    NOT_APPLICABLE = "notapplicable"
    UNKNOWN = "unknown"
    """Something it needs could not be read; `evidence` says what."""
    WAIVED = "waived"
    """It fails, and somebody has taken that on until a date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A rule with its verdict."""

    rule: str
    """`sshd_disable_root_login`."""
    title: str
    severity: str
    """`high`, `medium`, `low`, `informational`."""
    verdict: Verdict
    evidence: str = ""
    """The offending place and value: `/etc/ssh/sshd_config: PermitRootLogin yes`."""
    description: str = ""
    fix: str = ""
    references: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By framework: `{"pcidss4": ("2.2.6",), "cis": ("5.2.7",)}`."""
    packages: tuple[str, ...] = ()
    """Rules packages of Inspector Classic it belongs to: `Security Best Practices`, `CIS …`, `Authentication Best Practices` …"""
    profile: str = ""
    """Of which profile it is: `garrison`, `cis_level1_server` …"""
