"""Rules as data, and a profile: the rules that somebody chose, with the values they chose for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: what it says to people, and which kind of check judges it with which arguments."""

    id: str
    title: str
    severity: str
    """`high`, `medium`, `low`, `informational`."""
    kind: str
    """The template's name (`sshd_lineinfile`); empty where the rule's source has no data for a check."""
    arguments: dict[str, Any] = field(default_factory=dict)
    description: str = ""
    fix: str = ""
    platforms: tuple[str, ...] = ()
    """Where it applies, any of them: `machine`, `package[sudo] and not container`; everywhere where there are none."""
    references: dict[str, tuple[str, ...]] = field(default_factory=dict)
    packages: tuple[str, ...] = ()
    """Rules packages of Inspector Classic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Rules to judge a host by."""

    id: str
    title: str
    rules: tuple[Rule, ...]
    values: dict[str, str] = field(default_factory=dict)
    """What the profile chose for its variables: `{"var_sshd_set_keepalive": "1"}`."""
