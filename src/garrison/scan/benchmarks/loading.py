"""Rule files: ComplianceAsCode's rules, values and profiles as one JSON document, plain or gzipped, read as somebody else's data.

library = read(Path("complianceascode.json.gz").read_bytes())
profile = library.profile("cis_level1_server", {"var_sshd_set_keepalive": "3"})
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from garrison.scan.benchmarks.natives import native
from garrison.scan.benchmarks.rule import Profile, Rule

MOST_BYTES = 64 * 1024 * 1024
"""Of a rule file, unpacked."""
MOST_RULES = 20_000
MOST_TEXT = 4_000
"""Characters kept of one description."""
ALL = "all"
"""The profile of every rule with the values' defaults."""

_GZIP = b"\x1f\x8b"
_SUBSTITUTE = re.compile(r'<sub idref="([^"<>]{1,200})"\s*/>')
_TAG = re.compile(r"<[^<>]{0,2000}>")
_SEVERITIES = {"high": "high", "medium": "medium", "low": "low", "info": "informational"}
_CIS = "CIS Operating System Security Configuration Benchmarks"


class InvalidRules(ValueError):
    """A rule file that cannot be used, or a profile that it does not have; the message says why."""


@dataclass(frozen=True, slots=True)
class Library:
    """What a rule file holds."""

    product: str
    """For what it was made: `debian12`."""
    profiles: dict[str, str]
    """Titles by id."""
    _document: Mapping[str, Any]

    def profile(self, name: str, chosen: Mapping[str, str] | None = None) -> Profile:
        """A profile's rules and values; `chosen` are options of variables (`{"var_sshd_set_keepalive": "3"}`) over the profile's."""
        rules = {rule["id"]: rule for rule in self._document["rules"]}
        selections = list(rules) if name == ALL else _selections(self._document["profiles"], name)
        options = {**_options(selections), **(chosen or {})}
        values = {
            variable: value
            for variable in self._document["values"]
            if (value := self._value(variable, options)) is not None
        }
        left_out = {one[1:] for one in selections if one.startswith("!")}
        selected = dict.fromkeys(
            one for one in selections if "=" not in one and not one.startswith("!") and one not in left_out
        )
        packages = (_CIS,) if name.startswith("cis") else ()
        found = tuple(_rule(rules.get(one, {"id": one}), values, packages) for one in selected)
        return Profile(id=name, title=self.profiles.get(name, "Every rule"), rules=found, values=values)

    def _value(self, variable: str, options: Mapping[str, str]) -> str | None:
        known = _table(self._document["values"][variable]).get("options")
        value = _table(known).get(options.get(variable, "default"))
        if value is None and variable in options:
            value = options[variable] if not _table(known) else None
        return str(value) if isinstance(value, str | int | float) else None


def read(data: bytes) -> Library:
    """Take a rule file apart; `InvalidRules` where it is none, or larger than what is sensible."""
    document = _parsed(_unpacked(data) if data.startswith(_GZIP) else data)
    rules, profiles, values = document.get("rules"), document.get("profiles"), document.get("values", {})
    if not isinstance(rules, list) or not isinstance(profiles, dict) or not isinstance(values, dict):
        raise InvalidRules("a rule file has a list of rules, and profiles and values by name")
    if len(rules) > MOST_RULES or not all(isinstance(rule, dict) and isinstance(rule.get("id"), str) for rule in rules):
        raise InvalidRules(f"a rule file has at most {MOST_RULES} rules, each with an id")
    titles = {name: str(_table(profile).get("title") or name) for name, profile in profiles.items()}
    kept = {"rules": rules, "profiles": profiles, "values": values}
    return Library(str(document.get("product") or ""), {**titles, ALL: "Every rule"}, kept)


def _unpacked(data: bytes) -> bytes:
    try:
        unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
        unpacked = unpacking.decompress(data, MOST_BYTES + 1)
    except zlib.error as error:
        raise InvalidRules(f"not gzip: {error}") from error
    if not unpacking.eof:
        raise InvalidRules("the gzip data is cut off or too large")
    return unpacked


def _parsed(data: bytes) -> dict[str, Any]:
    if len(data) > MOST_BYTES:
        raise InvalidRules(f"larger than {MOST_BYTES} bytes")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InvalidRules(f"not JSON: {error}") from error
    if not isinstance(document, dict):
        raise InvalidRules("a rule file is a JSON object")
    return document


def _selections(profiles: Mapping[str, Any], name: str) -> list[str]:
    selections = _table(profiles.get(name)).get("selections")
    if not isinstance(selections, list):
        raise InvalidRules(f"there is no profile {name}; there are {', '.join(sorted(profiles)[:20])}")
    return [one for one in selections if isinstance(one, str)]


def _options(selections: Iterable[str]) -> dict[str, str]:
    """`var_x=option`; `rule.severity=high` is no variable's."""
    pairs = (one.partition("=") for one in selections if "=" in one)
    return {name: option for name, _, option in pairs if "." not in name}


def _rule(said: Mapping[str, Any], values: Mapping[str, str], packages: tuple[str, ...]) -> Rule:
    name = str(said["id"])
    template = _table(said.get("template"))
    kind, arguments = str(template.get("name") or ""), _table(template.get("vars"))
    if not kind and (known := native(name)) is not None:
        kind, arguments = known
    return Rule(
        id=name,
        title=_plain(said.get("title") or name, values),
        severity=_SEVERITIES.get(str(said.get("severity")), "low"),
        kind=kind,
        arguments=dict(arguments),
        description=_plain(said.get("rationale") or said.get("description"), values),
        fix=_plain(said.get("fixtext") or said.get("description"), values),
        platforms=_texts(said.get("platforms")),
        references={str(framework): _texts(numbers) for framework, numbers in _table(said.get("references")).items()},
        packages=packages,
    )


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _plain(text: Any, values: Mapping[str, str]) -> str:
    """Text without its marks, with the values that it speaks of."""
    if not isinstance(text, str):
        return ""
    said = _SUBSTITUTE.sub(lambda match: values.get(match[1], match[1]), text[: 4 * MOST_TEXT])
    plain = _TAG.sub("", said).replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    return plain.strip()[:MOST_TEXT]
