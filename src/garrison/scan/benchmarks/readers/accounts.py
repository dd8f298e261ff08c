"""Users, groups and what shadow says of passwords, as checks ask for them."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.syntax import accounts as syntax
from garrison.scan.syntax.accounts import Account, Group, Shadow

__all__ = ["Account", "Group", "Shadow", "gid_of", "groups", "shadow", "uid_of", "users"]

MOST_ACCOUNTS = 100_000


def users(host: Host) -> tuple[Account, ...]:
    """The local users."""
    return tuple(syntax.accounts(_lines(host, syntax.PASSWD)))


def groups(host: Host) -> tuple[Group, ...]:
    """The local groups."""
    return tuple(syntax.groups(_lines(host, syntax.GROUP)))


def shadow(host: Host) -> tuple[Shadow, ...]:
    """What is known of passwords."""
    return tuple(syntax.shadows(_lines(host, syntax.SHADOW)))


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


def _lines(host: Host, path: str) -> tuple[str, ...]:
    return (host.lines(path) or ())[:MOST_ACCOUNTS]
