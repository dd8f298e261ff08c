"""Users, groups and what shadow says of passwords; never the hashes. Sources: passwd(5), group(5), shadow(5)."""

from __future__ import annotations

from dataclasses import dataclass

from garrison.scan.benchmarks.host import Host

MOST_ACCOUNTS = 100_000
NO_SHELL = ("/nologin", "/false", "/sync", "/shutdown", "/halt")


@dataclass(frozen=True, slots=True)
class Account:
    """One line of /etc/passwd."""

    name: str
    uid: int
    gid: int
    home: str
    shell: str
    password: str
    """What stands in passwd's own password field, if it is `x` or empty; anything else is `hash`."""
    place: str

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
    """One line of /etc/shadow, without the hash."""

    name: str
    state: str
    """`set`, `locked`, `empty`."""
    scheme: str
    """What the hash begins with: `y`, `6`, `1`; empty for DES or none."""
    changed: int | None
    """Days since 1970."""
    least: int | None
    most: int | None
    warn: int | None
    inactive: int | None
    place: str


def users(host: Host) -> tuple[Account, ...]:
    """The local users."""
    found = []
    for place, fields in _table(host, "/etc/passwd", 7):
        if (uid := _number(fields[2])) is not None and (gid := _number(fields[3])) is not None:
            password = fields[1] if fields[1] in ("", "x", "*", "!") else "hash"
            found.append(Account(fields[0], uid, gid, fields[5], fields[6], password, place))
    return tuple(found)


def groups(host: Host) -> tuple[Group, ...]:
    """The local groups."""
    found = []
    for place, fields in _table(host, "/etc/group", 4):
        if (gid := _number(fields[2])) is not None:
            found.append(Group(fields[0], gid, tuple(name for name in fields[3].split(",") if name), place))
    return tuple(found)


def shadow(host: Host) -> tuple[Shadow, ...]:
    """What is known of passwords."""
    found = []
    for place, fields in _table(host, "/etc/shadow", 8):
        secret = fields[1]
        state = "empty" if not secret else "locked" if secret[0] in "!*" else "set"
        scheme = secret.split("$")[1] if state == "set" and secret.startswith("$") and secret.count("$") > 1 else ""
        least, most, warn, inactive = (_number(field) for field in fields[3:7])
        found.append(Shadow(fields[0], state, scheme, _number(fields[2]), least, most, warn, inactive, place))
    return tuple(found)


def uid_of(host: Host, name: str) -> int | None:
    """A user by name or number."""
    if name.isascii() and name.isdigit():
        return int(name)
    return next((user.uid for user in host.once(users) if user.name == name), 0 if name == "root" else None)


def gid_of(host: Host, name: str) -> int | None:
    """A group by name or number."""
    if name.isascii() and name.isdigit():
        return int(name)
    return next((group.gid for group in host.once(groups) if group.name == name), 0 if name == "root" else None)


def _table(host: Host, path: str, fields: int) -> list[tuple[str, list[str]]]:
    lines = (host.lines(path) or ())[:MOST_ACCOUNTS]
    split = ((f"{path}:{number}", line.split(":")) for number, line in enumerate(lines, 1))
    return [
        (place, parts) for place, parts in split if len(parts) >= fields and parts[0] and not parts[0].startswith("#")
    ]


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.lstrip("-").isdigit() and len(text) < 20 else None
