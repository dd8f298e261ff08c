"""Users, their groups, whether a password lets them in, and how many keys do. Sources: passwd(5), group(5), shadow(5), sshd(8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from garrison.scan.inventory.facts import User
from garrison.scan.inventory.files import MOST_BYTES, lines
from garrison.scan.roots import Root
from garrison.scan.roots.root import text
from garrison.scan.syntax import accounts as syntax

MOST_USERS = 100_000
MOST_ID = 99_999_999_999
"""A larger number is none of a user's; the kernel's end at 32 bits."""
DEFAULT_KEYS = ".ssh/authorized_keys .ssh/authorized_keys2"
"""OpenSSH's own AuthorizedKeysFile (sshd_config(5))."""


def users(root: Root, sshd: Mapping[str, str]) -> tuple[User, ...]:
    """Everybody in the user database; keys are looked for where sshd would."""
    passwords = {one.name: _state(one.password) for one in syntax.shadows(_lines(root, syntax.SHADOW), least_fields=2)}
    groups = _groups(root)
    found = []
    for one in syntax.accounts(_lines(root, syntax.PASSWD)):
        if not (0 <= one.uid <= MOST_ID and 0 <= one.gid <= MOST_ID):
            continue
        named = groups.get(one.gid, ("", frozenset()))[0]
        others = sorted(said for said, members in groups.values() if one.name in members and said != named)
        is_elsewhere = one.password.shown == "x"
        found.append(
            User(
                name=one.name,
                uid=one.uid,
                gid=one.gid,
                home=one.home,
                shell=one.shell,
                groups=tuple(each for each in (named, *others) if each),
                password=passwords.get(one.name, "unknown") if is_elsewhere else _state(one.password),
                keys=_keys(root, one.name, one.home, str(one.uid), sshd.get("authorizedkeysfile", DEFAULT_KEYS)),
            )
        )
        if len(found) == MOST_USERS:
            break
    return tuple(found)


def _state(password: syntax.Password) -> str:
    """What a password field means: nothing, a hash, or something that no password gives."""
    return "empty" if password.is_empty else "set" if password.is_hash else "locked"


def _groups(root: Root) -> dict[int, tuple[str, frozenset[str]]]:
    """Name and members by number; of one number the first counts."""
    found: dict[int, tuple[str, frozenset[str]]] = {}
    for group in syntax.groups(_lines(root, syntax.GROUP)):
        found.setdefault(group.gid, (group.name, frozenset(group.members)))
    return found


def _lines(root: Root, path: str) -> Iterator[str]:
    """A file's lines, but for those that stand for others' accounts (nsswitch's `compat`)."""
    return (line for line in lines(root, path) if line[0] not in "+-")


def _keys(root: Root, name: str, home: str, uid: str, places: str) -> int:
    """Lines of the files that sshd would look into, each key once."""
    found: set[str] = set()
    for place in places.split():
        if place == "none":
            break
        path = place.replace("%%", "\0").replace("%h", home).replace("%u", name).replace("%U", uid).replace("\0", "%")
        whole = path if path.startswith("/") else f"{home.rstrip('/')}/{path}"
        said = text(root, whole, most=MOST_BYTES) or ""
        found.update(line.strip() for line in said.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    return len(found)
