"""Version requirements (`~> 2.3.1`, `^1.2`, `>= 1, < 2`) that say what is safe, turned into the stretches that are not.

Sources: RubyGems' guides, "Patterns"; the Cargo book, "Specifying Dependencies".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from garrison.scan.vulnerabilities.advisory import Interval
from garrison.scan.vulnerabilities.versions import key

MOST_REQUIREMENTS = 500

_TERM = re.compile(r"(>=|<=|~>|!=|>|<|=|\^|~)?\s*([0-9A-Za-z][0-9A-Za-z.+_-]*)")
_FIRST = {"gem": ".a", "semver": "-0"}
"""What makes a release its own earliest pre-release."""


class _Safe(NamedTuple):
    low: str
    has_low: bool
    high: str
    """Empty for no end."""
    has_high: bool


def affected(scheme: str, safe: Iterable[str]) -> tuple[Interval, ...]:
    """The stretches outside of all requirements; raises `ValueError` for what is no requirement."""
    stretches = [_safe(scheme, each) for each in safe]
    if len(stretches) > MOST_REQUIREMENTS:
        raise ValueError(f"more than {MOST_REQUIREMENTS} requirements")
    stretches.sort(key=lambda each: (_key(scheme, each.low), not each.has_low))
    found: list[Interval] = []
    begin, is_after, is_open = "", False, True
    for each in stretches:
        if is_open and (not each.low or _key(scheme, begin) <= _key(scheme, each.low)):
            if each.low and not (begin == each.low and (each.has_low or is_after)):
                found.append(_until(begin, each, is_after=is_after))
            begin, is_after, is_open = each.high, each.has_high, bool(each.high)
        elif is_open and (not each.high or _key(scheme, each.high) > _key(scheme, begin)):
            begin, is_after, is_open = each.high, each.has_high, bool(each.high)
    if is_open:
        found.append(Interval(begin, is_after=is_after))
    return tuple(found)


def _until(begin: str, safe: _Safe, *, is_after: bool) -> Interval:
    if safe.has_low:
        return Interval(begin, fixed=safe.low, is_after=is_after)
    return Interval(begin, last=safe.low, is_after=is_after)


def _key(scheme: str, version: str) -> bytes:
    return key(scheme, version) if version else b""


def _safe(scheme: str, requirement: str) -> _Safe:
    safe = _Safe("", True, "", False)
    for term in requirement.split(","):
        found = _TERM.fullmatch(term.strip())
        if found is None or found[1] == "!=":
            raise ValueError(f"{requirement[:60]!r} is no requirement")
        safe = _both(scheme, safe, _term(scheme, found[1] or ("^" if scheme == "semver" else "="), found[2]))
    return safe


def _term(scheme: str, sign: str, version: str) -> _Safe:
    key(scheme, version)  # raises for what is no version
    match sign:
        case ">=" | ">":
            return _Safe(version, sign == ">=", "", False)
        case "<" | "<=":
            return _Safe("", True, version, sign == "<=")
        case "=":
            return _Safe(version, True, version, True)
        case _:
            return _Safe(version, True, _next(sign, version) + _FIRST[scheme], False)


def _next(sign: str, version: str) -> str:
    """The release that `~>`, `~` and `^` end before."""
    numbers = [int(each) for each in re.split("[-+]", version)[0].split(".") if each.isdigit()]
    if sign == "~>":
        kept = numbers[:-1] or numbers
    elif sign == "~":
        kept = numbers[:2]
    else:
        first = next((at for at, each in enumerate(numbers) if each), len(numbers) - 1)
        kept = numbers[: first + 1]
    return ".".join(map(str, [*kept[:-1], kept[-1] + 1]))


def _both(scheme: str, one: _Safe, other: _Safe) -> _Safe:
    low, has_low = max((one[:2], other[:2]), key=lambda each: (_key(scheme, each[0]), not each[1]))
    ends = [each[2:] for each in (one, other) if each.high]
    high, has_high = min(ends, key=lambda each: (_key(scheme, each[0]), each[1])) if ends else ("", False)
    return _Safe(low, has_low, high, has_high)
