"""The rules that auditd loads at boot. Sources: auditctl(8), augenrules(8), audit.rules(7)."""

from __future__ import annotations

from dataclasses import dataclass, field

from garrison.scan.benchmarks.comparison import number
from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.readers.settings import login_defs
from garrison.scan.benchmarks.readers.units import units
from garrison.scan.benchmarks.readers.words import words

MOST_RULES = 20_000
_OPERATORS = ("!=", ">=", "<=", "&=", "=", ">", "<", "&")
_UNSET = frozenset({"unset", "-1", "4294967295"})
_HARMLESS = frozenset({"key", "arch"})
_ALWAYS = frozenset({"always", "exit"})


@dataclass(frozen=True, slots=True)
class Field:
    """`-F auid>=1000`."""

    name: str
    operator: str
    value: str


@dataclass(slots=True)
class AuditRule:
    """One line."""

    place: str
    watched: str = ""
    """`-w PATH`."""
    permissions: str = ""
    """`-p wa`; all of them where a watch names none."""
    action: frozenset[str] = frozenset()
    """`-a always,exit`."""
    syscalls: set[str] = field(default_factory=set)
    fields: list[Field] = field(default_factory=list)
    control: str = ""
    """`-e 2`: the value."""

    def values(self, name: str) -> list[str]:
        """What is asked for by `-F name=value`."""
        return [one.value for one in self.fields if one.name == name and one.operator == "="]

    def records(self, syscall: str, architecture: str, users: int, allowed: frozenset[str] = frozenset()) -> bool:
        """Whether it records every call of it by people: no field narrows it but `allowed` ones, people begin at the uid `users` or below."""
        if self.action != _ALWAYS or not {syscall, "all"} & self.syscalls:
            return False
        return architecture in self.values("arch") and self._takes_everybody(users, allowed | _HARMLESS)

    def watches(self, path: str, permissions: str) -> bool:
        """Whether it records these accesses to a path: `-w PATH -p wa`, or the same as `-a always,exit -F path=PATH -F perm=wa`."""
        if self.watched:
            return self.watched.rstrip("/") == path.rstrip("/") and set(permissions) <= set(self.permissions or "rwxa")
        if self.action != _ALWAYS or path.rstrip("/") not in [
            one.rstrip("/") for one in self.values("path") + self.values("dir")
        ]:
            return False
        given = "".join(self.values("perm")) or "rwxa"
        return set(permissions) <= set(given) and self._takes_everybody(1_000, _HARMLESS | {"path", "dir", "perm"})

    def _takes_everybody(self, users: int, allowed: frozenset[str]) -> bool:
        return all(one.name in allowed or _is_of_people(one, users) for one in self.fields)


def _is_of_people(one: Field, users: int) -> bool:
    if one.name not in ("auid", "loginuid"):
        return False
    if one.operator == "!=":
        return one.value in _UNSET
    least = number(one.value)
    return one.operator == ">=" and least is not None and least <= users


def rules(host: Host) -> tuple[AuditRule, ...]:
    """Of /etc/audit/rules.d, which augenrules joins, unless auditd's unit says that auditctl loads /etc/audit/audit.rules."""
    paths = ["/etc/audit/audit.rules"] if _uses_auditctl(host) else host.files("/etc/audit/rules.d", ".rules")
    found: list[AuditRule] = []
    for path in paths:
        for number_, line in enumerate(host.lines(path) or (), 1):
            text = line.strip()
            if text.startswith("-") and len(found) < MOST_RULES:
                found.append(_parsed(words(text), f"{path}:{number_}"))
    return tuple(found)


def first_user(host: Host) -> int:
    """The uid at which people begin: UID_MIN of login.defs."""
    said = host.once(login_defs).get("UID_MIN")
    return (number(said.value) if said is not None else None) or 1_000


def _uses_auditctl(host: Host) -> bool:
    path = host.once(units).installed.get("auditd.service")
    lines = (host.lines(path) or ()) if path is not None else ()
    return any(line.startswith("ExecStartPost") and "auditctl" in line for line in lines)


def _parsed(parts: list[str], place: str) -> AuditRule:
    rule = AuditRule(place)
    for option, value in zip(parts, [*parts[1:], ""], strict=True):
        match option:
            case "-w":
                rule.watched = value
            case "-p":
                rule.permissions = value
            case "-a" | "-A":
                rule.action = frozenset(value.split(","))
            case "-S":
                rule.syscalls.update(value.split(","))
            case "-F" | "-C":
                rule.fields.append(_field(value))
            case "-e":
                rule.control = value
    return rule


def _field(text: str) -> Field:
    for sign in _OPERATORS:
        name, found, value = text.partition(sign)
        if found:
            return Field(name, sign, value)
    return Field(text, "", "")
