"""The profile that comes with Garrison: rules in our own words, which needs no file."""

from __future__ import annotations

import functools
import tomllib
from importlib.resources import files
from typing import Any

from garrison.scan.benchmarks.rule import Profile, Rule

_FILES = {"security_best_practices.toml": ("Security Best Practices",)}
"""Each file of rules with the rules packages of Inspector Classic that all of them belong to."""


@functools.cache
def built_in() -> Profile:
    """All of our own rules, as the profile `garrison`."""
    rules = tuple(rule for name, packages in _FILES.items() for rule in _rules(name, packages))
    return Profile(id="garrison", title="Garrison's own hardening rules", rules=rules)


def _rules(name: str, packages: tuple[str, ...]) -> list[Rule]:
    text = files("garrison.scan.benchmarks").joinpath("data", name).read_text()
    return [_rule(said, packages) for said in tomllib.loads(text)["rules"]]


def _rule(said: dict[str, Any], packages: tuple[str, ...]) -> Rule:
    references = {framework: tuple(numbers) for framework, numbers in said.pop("references", {}).items() if numbers}
    platforms = tuple(said.pop("platforms", ()))
    return Rule(references=references, platforms=platforms, packages=(*packages, *said.pop("packages", ())), **said)
