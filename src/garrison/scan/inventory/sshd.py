"""The configuration that sshd would run with, outside Match blocks and in each of them. Source: sshd_config(5).

The first value of a keyword counts. What no file says is the default of the OpenSSH that is installed, as far as the table of
defaults knows.
"""

from __future__ import annotations

import functools
import json
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

from garrison.scan.inventory.facts import Package
from garrison.scan.inventory.files import glob, lines
from garrison.scan.roots import Root
from garrison.scan.roots.root import note

CONFIGURATION = "/etc/ssh/sshd_config"
MOST_DEPTH = 16
"""Files included by included files (servconf.c: SERVCONF_MAX_DEPTH)."""
MOST_LINES = 50_000
SEVERAL = frozenset(
    {"acceptenv", "allowgroups", "allowusers", "denygroups", "denyusers", "hostkey", "listenaddress", "port", "setenv"}
)
"""Keywords whose lines add up."""
_SAME = {
    "challengeresponseauthentication": "kbdinteractiveauthentication",
    "skeyauthentication": "kbdinteractiveauthentication",
    "dsaauthentication": "pubkeyauthentication",
    "pubkeyacceptedkeytypes": "pubkeyacceptedalgorithms",
    "hostbasedacceptedkeytypes": "hostbasedacceptedalgorithms",
}
"""Former names."""
_PACKAGES = ("openssh-server", "openssh")
_VERSION = re.compile(r"(?:\d+:)?(\d+)\.(\d+)")


@dataclass(slots=True)
class _Found:
    values: dict[str, list[str]] = field(default_factory=dict)
    lines: int = 0


def settings(root: Root, packages: Sequence[Package]) -> dict[str, str]:
    """Keywords in lower case with their values; `match CONDITION: keyword` for what a Match block says. Nothing without sshd."""
    package = next((each for name in _PACKAGES for each in packages if each.name == name), None)
    if root.stat(CONFIGURATION) is None and root.stat("/usr/sbin/sshd") is None:
        return {}
    found = _Found()
    for keyword, value, condition in _statements(root, found, CONFIGURATION, "", 0):
        name = f"match {condition}: {keyword}" if condition else keyword
        if name not in found.values or keyword in SEVERAL:
            found.values.setdefault(name, []).append(value)
    version = _VERSION.match(package.version) if package else None
    defaults = _defaults((int(version[1]), int(version[2])) if version else (9, 0))
    return defaults | {name: " ".join(values) for name, values in found.values.items()}


def _statements(root: Root, found: _Found, path: str, condition: str, depth: int) -> Iterator[tuple[str, str, str]]:
    """Keyword, value and the Match block that each line of a file stands in, with the files that it includes where it does."""
    if depth > MOST_DEPTH:
        note(root, path, f"included more than {MOST_DEPTH} files deep")
        return
    for line in lines(root, path):
        found.lines += 1
        if found.lines > MOST_LINES:
            note(root, path, f"more than {MOST_LINES} lines of configuration")
            return
        keyword, value = _split(line)
        if keyword == "match":
            condition = "" if value.lower() == "all" else value
        elif keyword == "include":
            for pattern in value.split():
                whole = pattern if pattern.startswith("/") else f"/etc/ssh/{pattern}"
                for included in glob(root, whole):
                    yield from _statements(root, found, included, condition, depth + 1)
        elif keyword:
            yield _SAME.get(keyword, keyword), value, condition


def _split(line: str) -> tuple[str, str]:
    """Keyword and value: blanks or one `=` between, quotation marks around words with blanks."""
    keyword, _, rest = line.replace("=", " ", 1).partition(" ") if "=" in line.split(maxsplit=1)[0] else _at_blank(line)
    rest = rest.strip().removeprefix("=").strip()
    try:
        words = shlex.split(rest, comments=True)
    except ValueError:  # a quotation that does not end
        words = rest.replace('"', "").split()
    return keyword.lower(), " ".join(words)


def _at_blank(line: str) -> tuple[str, str, str]:
    keyword, *rest = line.split(None, 1)
    return keyword, " ", rest[0] if rest else ""


def _defaults(version: tuple[int, int]) -> dict[str, str]:
    """OpenSSH's defaults as of a version: of each keyword the latest change that it has."""
    return {
        keyword: next(value for since, value in reversed(changes) if since <= version)
        for keyword, changes in _changes().items()
        if changes[0][0] <= version
    }


@functools.cache
def _changes() -> dict[str, list[tuple[tuple[int, int], str]]]:
    said = json.loads(files("garrison.scan.inventory").joinpath("data/sshd_defaults.json").read_bytes())
    return {
        keyword: [((int(since.split(".")[0]), int(since.split(".")[1])), value) for since, value in changes.items()]
        for keyword, changes in said["defaults"].items()
    }
