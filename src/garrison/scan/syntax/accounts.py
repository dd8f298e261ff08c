"""The lines of passwd, group and shadow; never a hash. Sources: passwd(5), group(5), shadow(5), crypt(5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

PASSWD, GROUP, SHADOW = "/etc/passwd", "/etc/group", "/etc/shadow"
NO_SHELL = ("/nologin", "/false", "/sync", "/shutdown", "/halt")
_PASSWD_FIELDS, _GROUP_FIELDS, _SHADOW_FIELDS = 7, 4, 8
_DES_CHARACTERS = 13
"""Of a hash of crypt's oldest scheme, which has no sign at its beginning."""
_MOST_DIGITS = 19


@dataclass(frozen=True, slots=True)
class Password:
    """What is told of a password's field, once what it says is forgotten."""

    shown: str
    """The field where it is empty, `x`, `*` or `!`; else `hash`."""
    is_barred: bool
    """Whether it begins as what no password gives: `!` or `*`."""
    is_hash: bool
    """Whether crypt could have made it."""
    scheme: str
    """What the hash begins with: `y`, `6`, `1`; empty for DES or none."""

    @property
    def is_empty(self) -> bool:
        """Whether none is needed."""
        return not self.shown

    @property
    def is_set(self) -> bool:
        """Whether it is neither empty nor barred."""
        return not self.is_empty and not self.is_barred


@dataclass(frozen=True, slots=True)
class Account:
    """One line of /etc/passwd."""

    name: str
    uid: int
    gid: int
    home: str
    shell: str
    password: Password
    place: str
    """`/etc/passwd:3`."""

    @property
    def may_sign_in(self) -> bool:
        """Whether its shell is one."""
        return not self.shell.endswith(NO_SHELL)


@dataclass(frozen=True, slots=True)
class Group:
    """One line of /etc/group."""

    name: str
    gid: int
    members: tuple[str, ...]
    place: str


@dataclass(frozen=True, slots=True)
class Shadow:
    """One line of /etc/shadow."""

    name: str
    password: Password
    changed: int | None
    """Days since 1970."""
    least: int | None
    most: int | None
    warn: int | None
    inactive: int | None
    place: str


def accounts(lines: Iterable[str]) -> Iterator[Account]:
    """The users that lines of passwd name."""
    for place, fields in _rows(lines, PASSWD, _PASSWD_FIELDS):
        if (uid := _number(fields[2])) is not None and (gid := _number(fields[3])) is not None:
            yield Account(fields[0], uid, gid, fields[5], fields[6], _password(fields[1]), place)


def groups(lines: Iterable[str]) -> Iterator[Group]:
    """The groups that lines of group name."""
    for place, fields in _rows(lines, GROUP, _GROUP_FIELDS):
        if (gid := _number(fields[2])) is not None:
            yield Group(fields[0], gid, tuple(name for name in fields[3].split(",") if name), place)


def shadows(lines: Iterable[str], *, least_fields: int = _SHADOW_FIELDS) -> Iterator[Shadow]:
    """What lines of shadow tell, of those that have so many fields; two tell of the password alone."""
    for place, fields in _rows(lines, SHADOW, least_fields):
        changed, least, most, warn, inactive = [_number(field) for field in (*fields[2:7], *[""] * 5)][:5]
        yield Shadow(fields[0], _password(fields[1]), changed, least, most, warn, inactive, place)


def _rows(lines: Iterable[str], path: str, least: int) -> Iterator[tuple[str, list[str]]]:
    for number, line in enumerate(lines, 1):
        fields = line.strip().split(":")
        if len(fields) >= least and fields[0] and not fields[0].startswith("#"):
            yield f"{path}:{number}", fields


def _password(field: str) -> Password:
    is_barred = field.startswith(("!", "*"))
    has_scheme = field.startswith("$") and field.count("$") > 1
    return Password(
        shown=field if field in ("", "x", "*", "!") else "hash",
        is_barred=is_barred,
        is_hash=field.startswith(("$", "_", ".", "/")) or (field[:1].isalnum() and len(field) >= _DES_CHARACTERS),
        scheme=field.split("$")[1] if has_scheme else "",
    )


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.lstrip("-").isdigit() and len(text) <= _MOST_DIGITS else None
