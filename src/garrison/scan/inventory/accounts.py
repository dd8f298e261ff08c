"""Users, their groups, whether a password lets them in, and how many keys do. Sources: passwd(5), group(5), shadow(5), sshd(8)."""

from __future__ import annotations

from collections.abc import Mapping

from garrison.scan.inventory.facts import User
from garrison.scan.inventory.files import MOST_BYTES, lines
from garrison.scan.roots import Root
from garrison.scan.roots.root import text

MOST_USERS = 100_000
DEFAULT_KEYS = ".ssh/authorized_keys .ssh/authorized_keys2"
"""OpenSSH's own AuthorizedKeysFile (sshd_config(5))."""


def users(root: Root, sshd: Mapping[str, str]) -> tuple[User, ...]:
    """Everybody in the user database; keys are looked for where sshd would."""
    passwords = _passwords(root)
    groups = _groups(root)
    found = []
    for fields in _rows(root, "/etc/passwd", 7):
        name, field, uid, gid, _, home, shell = fields[:7]
        if not (uid.isdecimal() and gid.isdecimal() and len(uid) < 12 and len(gid) < 12):
            continue
        named = groups.get(gid, ("", frozenset()))[0]
        others = sorted(said for said, members in groups.values() if name in members and said != named)
        found.append(
            User(
                name=name,
                uid=int(uid),
                gid=int(gid),
                home=home,
                shell=shell,
                groups=tuple(each for each in (named, *others) if each),
                password=_state(field) if field != "x" else passwords.get(name, "unknown"),
                keys=_keys(root, name, home, uid, sshd.get("authorizedkeysfile", DEFAULT_KEYS)),
            )
        )
        if len(found) == MOST_USERS:
            break
    return tuple(found)


def _passwords(root: Root) -> dict[str, str]:
    return {fields[0]: _state(fields[1]) for fields in _rows(root, "/etc/shadow", 2)}


def _state(field: str) -> str:
    """What a password field means: nothing, a hash, or something that no password gives."""
    if not field:
        return "empty"
    return "set" if field[0] in "$_./" or (field[0].isalnum() and len(field) >= 13) else "locked"


def _groups(root: Root) -> dict[str, tuple[str, frozenset[str]]]:
    """Name and members by number."""
    rows = _rows(root, "/etc/group", 4)
    return {fields[2]: (fields[0], frozenset(filter(None, fields[3].split(",")))) for fields in reversed(rows)}


def _rows(root: Root, path: str, least: int) -> list[list[str]]:
    split = (line.split(":") for line in lines(root, path))
    return [fields for fields in split if len(fields) >= least and fields[0] and fields[0][0] not in "+-"]


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
