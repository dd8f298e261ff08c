"""The profile that comes with Garrison: rules in our own words, which needs no file.

Each file of `data/` holds the rules of one or more rules packages of Inspector Classic. What a rule is evidence for stands in
`references.toml`; requirements of PCI DSS v4 are told with their numbers of version 3 too, after which the classic package is named.
"""

from __future__ import annotations

import functools
import tomllib
from importlib.resources import files
from typing import Any

from garrison.scan.benchmarks.rule import Profile, Rule

SYSTEM = "Operating System Security Best Practices"
PCI = "PCI DSS 3.0 Readiness"
CIS = "CIS Operating System Security Configuration Benchmarks"
_FILES = {
    "security_best_practices": "Security Best Practices",
    "authentication": "Authentication Best Practices",
    "system": SYSTEM,
    "servers": "Application Security Best Practices",
    "behavior": "Runtime Behavior Analysis",
}
_ALSO = {
    "sshd_disable_root_login": ("Authentication Best Practices",),
    "sshd_disable_password_authentication": ("Authentication Best Practices",),
    "accounts_maximum_age_login_defs": ("Authentication Best Practices",),
    "accounts_password_pam_minlen": ("Authentication Best Practices",),
    "password_complexity": ("Authentication Best Practices",),
    "sysctl_kernel_randomize_va_space": (SYSTEM,),
    "no_execute": (SYSTEM,),
    "system_folders": (SYSTEM,),
}
"""Rules of Security Best Practices that other packages have too."""


@functools.cache
def built_in() -> Profile:
    """All of our own rules, as the profile `garrison`."""
    references = _table("references")
    rules = tuple(
        _rule(said, package, references) for name, package in _FILES.items() for said in _table(name)["rules"]
    )
    return Profile(id="garrison", title="Garrison's own hardening rules", rules=rules)


def _rule(said: dict[str, Any], package: str, references: dict[str, Any]) -> Rule:
    known = {**references.get(said["id"], {}), **said.get("references", {})}
    if "pcidss4" in known:
        earlier = (number for one in known["pcidss4"] for number in _table("pci").get(one, ()))
        known["pcidss"] = dict.fromkeys(earlier)
    frameworks = [name for framework, name in (("pcidss4", PCI), ("cis", CIS)) if framework in known]
    return Rule(
        id=said["id"],
        title=said["title"],
        severity=said["severity"],
        kind=said["kind"],
        arguments=said.get("arguments", {}),
        description=said["description"],
        fix=said["fix"],
        platforms=tuple(said.get("platforms", ())),
        references={framework: tuple(numbers) for framework, numbers in known.items() if numbers},
        packages=(package, *_ALSO.get(said["id"], ()), *frameworks),
    )


@functools.cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files("garrison.scan.benchmarks").joinpath("data", f"{name}.toml").read_text())
