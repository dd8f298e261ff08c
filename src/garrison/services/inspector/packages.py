"""The rules packages: what each is called and which ARN it has in a region."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

PROVIDER = "Garrison"
_ELSEWHERE = "us-west-2"
"""The region whose account stands in ARNs of regions that AWS's Inspector was not in."""


class RulesPackage(msgspec.Struct, frozen=True, kw_only=True):
    """A rules package in a region."""

    key: str
    """What it is known by here: `cve`, `cis`, `network`, `practices`, `behavior` …"""
    arn: str
    name: str
    version: str
    description: str


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("rules_packages.toml").read_text(encoding="utf-8"))


@cache
def packages_of(region: str) -> dict[str, RulesPackage]:
    """The rules packages of a region by their ARNs."""
    regions = _table()["regions"]
    ids: dict[str, str] = regions.get(region, {})
    account = ids.get("account", regions[_ELSEWHERE]["account"])
    found = {}
    for number, package in enumerate(_table()["packages"]):
        name = ids.get(package["key"]) or package.get("id") or f"garrisn{number}"
        arn = f"arn:{ids.get('partition', 'aws')}:inspector:{region}:{account}:rulespackage/0-{name}"
        shown = {member: package[member] for member in ("key", "name", "version", "description")}
        found[arn] = RulesPackage(arn=arn, **shown)
    return found
