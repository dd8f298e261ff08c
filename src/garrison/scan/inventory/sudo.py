"""Who may run what as whom: sudoers with all that it includes. Source: sudoers(5)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from garrison.scan.inventory.files import MOST_BYTES
from garrison.scan.roots import Root
from garrison.scan.roots.root import note, text

CONFIGURATION = "/etc/sudoers"
MOST_DEPTH = 128
"""Files included by included files (sudoers(5), "Including other files from within sudoers")."""
MOST_LINES = 50_000
_INCLUDE = re.compile(r"[@#](include|includedir)\s+(?:\"([^\"]+)\"|(\S+))\s*")
_ALIAS = re.compile(r"(User|Runas|Host|Cmnd|Cmd)_Alias\s+(.*)")
_DEFAULTS = re.compile(r"Defaults(?:([@:!>])\s*(\S+))?(?:\s+(.*))?")
_QUOTED_COMMA = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*$)')


def settings(root: Root) -> dict[str, str]:
    """Aliases, defaults and rules, later ones after earlier ones:

    `alias NAME` its members; `defaults NAME` (`defaults:USER NAME` …) its value, `on` or `off`; `user NAME` what it may run.
    """
    found: dict[str, str] = {}
    for line in _lines(root, CONFIGURATION, 0, [0]):
        alias, defaults = _ALIAS.fullmatch(line), _DEFAULTS.fullmatch(line)
        if alias:
            for each in alias[2].split(":"):
                name, equals, members = each.partition("=")
                if equals:
                    found[f"alias {name.strip()}"] = members.strip()
        elif defaults:
            scope = f"{defaults[1]}{defaults[2]}" if defaults[1] else ""
            found |= {f"defaults{scope} {name}": value for name, value in _defaults(defaults[3] or "")}
        else:
            _rule(found, line)
    return found


def _defaults(said: str) -> Iterator[tuple[str, str]]:
    for each in _QUOTED_COMMA.split(said):
        name, equals, value = each.strip().partition("=")
        name = name.strip()
        if name.startswith("!"):
            yield name[1:].strip(), "off"
        elif name:
            plain = name.rstrip("+-").strip()
            yield plain, value.strip().strip('"') if equals else "on"


def _rule(found: dict[str, str], line: str) -> None:
    who, equals, what = line.partition("=")
    names, *hosts = who.strip().rsplit(None, 1) or [""]
    if not equals or not hosts:
        return
    allowed = f"{hosts[0]}={what.strip()}"
    for name in names.split(","):
        key = f"user {name.strip().replace(chr(92), '')}"
        found[key] = f"{found[key]}; {allowed}" if key in found else allowed


def _lines(root: Root, path: str, depth: int, count: list[int]) -> Iterator[str]:
    """The lines of a file and of what it includes; `\\` at a line's end goes on with the next."""
    if depth > MOST_DEPTH:
        note(root, path, f"included more than {MOST_DEPTH} files deep")
        return
    whole = (text(root, path, most=MOST_BYTES) or "").replace("\\\n", " ")
    for raw in whole.split("\n"):
        count[0] += 1
        if count[0] > MOST_LINES:
            note(root, path, f"more than {MOST_LINES} lines of sudoers")
            return
        line = raw.strip()
        included = _INCLUDE.fullmatch(line)
        if included:
            yield from _included(root, included, path, depth, count)
        elif line and not line.startswith("#"):
            yield re.split(r"(?<!\\)#(?!\d)", line)[0].strip()


def _included(root: Root, said: re.Match[str], path: str, depth: int, count: list[int]) -> Iterator[str]:
    place = said[2] or said[3]
    whole = place if place.startswith("/") else f"{path.rpartition('/')[0]}/{place}"
    if said[1] == "include":
        yield from _lines(root, whole, depth + 1, count)
        return
    for name in root.names(whole):
        if "." not in name and not name.endswith("~"):
            yield from _lines(root, f"{whole}/{name}", depth + 1, count)
