"""How a finding's severity and title follow from a rule's verdict."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

NUMERIC = {"High": 9.0, "Medium": 6.0, "Low": 3.0, "Informational": 0.0, "Undefined": 0.0}
"""`numericSeverity` as Inspector gives it for each severity."""
SEVERITIES = {
    "critical": "High",
    "high": "High",
    "medium": "Medium",
    "low": "Low",
    "informational": "Informational",
    "info": "Informational",
    "none": "Informational",
}
"""Inspector's severities by those of rules and advisories."""


@cache
def _practices() -> dict[str, str]:
    return tomllib.loads(files(__package__).joinpath("practices.toml").read_text(encoding="utf-8"))


def title_of(rule: str, agent: str) -> str:
    """What a failed rule says of an instance, as the finding's title."""
    known = _practices().get(rule)
    return known.format(instance=agent) if known else f"Instance {agent} does not comply with the rule: {rule}"


def severity_of(word: str) -> str:
    """Inspector's severity for a rule's or an advisory's; `Undefined` where it gives none."""
    return SEVERITIES.get(word.casefold(), "Undefined")
