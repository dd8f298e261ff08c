"""Kinds of check declare themselves here: the template's name, and the function that judges with the rule's arguments.

    @kind("kernel_module_disabled")
    def kernel_module_disabled(host: Host, arguments: Arguments) -> Outcome: ...

The docstring says what it checks and its arguments. A kind that must look through the file system answers a `Watch` instead of an
outcome: all watches of a profile share one walk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.outcome import BadRule, Outcome
from garrison.scan.roots.root import Entry


@dataclass(frozen=True, slots=True)
class Watch:
    """What a check wants to see of the file system, and what it says when it has seen all of it."""

    below: tuple[str, ...]
    """Folders: it is told of each entry below them, links themselves and not what they lead to."""
    see: Callable[[Entry], None]
    finish: Callable[[], Outcome]
    by_nature: Callable[[Entry], bool] | None = None
    """Told of an entry's kind, mode, owner and group alone, whether it is worth to be seen: asked once for all that share them."""


class Arguments:
    """A rule's arguments, with the profile's values for its variables. What is missing or of the wrong kind raises `BadRule`."""

    def __init__(self, rule: str, given: Mapping[str, Any], values: Mapping[str, str]) -> None:
        self.rule = rule
        self._given = given
        self._values = values

    def __contains__(self, name: str) -> bool:
        return name in self._given

    def text(self, name: str, default: str | None = None) -> str:
        """One value as text; numbers as they are written, a boolean as `true` or `false`."""
        given = self._given.get(name, default)
        if isinstance(given, bool):
            return str(given).lower()
        if isinstance(given, str | int | float):
            return str(given)
        raise BadRule(f"argument {name} is missing" if given is None else f"argument {name} is not a text")

    def texts(self, name: str) -> list[str]:
        """One value or a list of them."""
        given = self._given.get(name)
        if isinstance(given, list):
            if not all(isinstance(one, str | int) for one in given):
                raise BadRule(f"argument {name} is not a list of texts")
            return [str(one) for one in given]
        return [self.text(name)]

    def entries(self, name: str) -> list[Mapping[str, Any]]:
        """A list of objects."""
        given = self._given.get(name, [])
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            raise BadRule(f"argument {name} is not a list of objects")
        return given

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean, which ComplianceAsCode writes as text."""
        return self.text(name, str(default)).lower() in ("true", "yes", "on", "1")

    def whole(self, name: str, default: int | None = None) -> int:
        """A whole number."""
        return whole(self.text(name, None if default is None else str(default)), f"argument {name}")

    def octal(self, name: str) -> int:
        """Permission bits: `0640`."""
        try:
            return int(self.text(name), 8) & 0o7777
        except ValueError as error:
            raise BadRule(f"argument {name} is no octal number") from error

    def value(self, variable: str) -> str:
        """What the profile chose for a variable."""
        if variable not in self._values:
            raise BadRule(f"variable {variable} has no value")
        return self._values[variable]


def whole(text: str, what: str) -> int:
    """A rule's whole number; `BadRule` where it is none."""
    try:
        return int(text)
    except ValueError as error:
        raise BadRule(f"{what} is no whole number: {text}") from error


Judge = Callable[[Host, Arguments], Outcome | Watch]
KINDS: dict[str, Judge] = {}


def kind(name: str) -> Callable[[Judge], Judge]:
    """Register a kind of check under its template's name."""

    def register(judge: Judge) -> Judge:
        if name in KINDS:
            raise ValueError(f"two kinds of check are named {name}")
        KINDS[name] = judge
        return judge

    return register
