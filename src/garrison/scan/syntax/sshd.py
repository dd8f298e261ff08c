"""The statements of sshd_config, each with the Match blocks that it stands in. Sources: sshd_config(5), OpenSSH's servconf.c.

Read as OpenSSH 9 reads: the first value of a keyword counts, included files stand where they are included, and what such a file sets in a
Match block of its own holds under both conditions. What sshd would refuse to start with is read as far as it makes sense.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files as resources

from garrison.scan.syntax.files import Files

CONFIGURATION = "/etc/ssh/sshd_config"
PACKAGES = ("openssh-server", "openssh")
_FOLDER = "/etc/ssh"
"""Where a file to include lies that is named without one."""
MOST_DEPTH = 16
"""Files included by included files (servconf.c: SERVCONF_MAX_DEPTH)."""
MOST_LINES = 50_000
"""Of all files together."""
MOST_FILES = 512
"""Read, the same one counted again each time that it is included."""
SEVERAL = frozenset(
    {
        "acceptenv",
        "allowgroups",
        "allowusers",
        "denygroups",
        "denyusers",
        "hostcertificate",
        "hostkey",
        "listenaddress",
        "port",
        "subsystem",
    }
)
"""Keywords whose lines add up."""
ALIASES = {
    "challengeresponseauthentication": "kbdinteractiveauthentication",
    "dsaauthentication": "pubkeyauthentication",
    "gssapicleanupcreds": "gssapicleanupcredentials",
    "hostbasedacceptedkeytypes": "hostbasedacceptedalgorithms",
    "hostdsakey": "hostkey",
    "keepalive": "tcpkeepalive",
    "pubkeyacceptedkeytypes": "pubkeyacceptedalgorithms",
    "skeyauthentication": "kbdinteractiveauthentication",
}
"""Former names that sshd still takes for today's."""
_BLANKS = " \t\r\n"
_KEYWORD_ENDS = re.compile(r'[ \t\r\n"=]')
_VERSION = re.compile(r"(?:\d+:)?(\d+)\.(\d+)")
_LATEST = (9, 0)


@dataclass(frozen=True, slots=True)
class Statement:
    """One line that sets something."""

    keyword: str
    """Today's name, in lower case."""
    value: str
    """Its words, without quotation marks, a blank between them."""
    condition: str
    """Of the Match blocks that it stands in, `User backup`; empty where it holds for everybody."""
    place: str
    """`/etc/ssh/sshd_config:12`."""


@dataclass(slots=True)
class _Read:
    files: int = 0
    lines: int = 0


def effective(files: Files) -> Iterator[Statement]:
    """The statements that count, in their order: of a keyword the first for everybody and the first of each condition, of `SEVERAL` all."""
    seen: set[tuple[str, str]] = set()
    for said in _statements(files, _Read(), CONFIGURATION, "", 0):
        key = said.condition, said.keyword
        if key not in seen or said.keyword in SEVERAL:
            seen.add(key)
            yield said


def _statements(files: Files, read: _Read, path: str, outer: str, depth: int) -> Iterator[Statement]:
    read.files += 1
    if depth > MOST_DEPTH:
        return files.left_out(path, f"included more than {MOST_DEPTH} files deep")
    if read.files > MOST_FILES:
        return files.left_out(path, f"more than {MOST_FILES} files included") if read.files == MOST_FILES + 1 else None
    condition = outer
    for number, line in enumerate(files.lines(path) or (), 1):
        read.lines += 1
        if read.lines > MOST_LINES:
            return files.left_out(path, f"more than {MOST_LINES} lines of configuration")
        keyword, rest = _keyword(line)
        if not keyword or keyword.startswith("#"):
            continue
        arguments = words(rest)
        if keyword == "match":
            condition = _both(outer, arguments)
        elif keyword == "include":
            for pattern in arguments:
                for included in files.glob(pattern if pattern.startswith("/") else f"{_FOLDER}/{pattern}"):
                    yield from _statements(files, read, included, condition, depth + 1)
        else:
            yield Statement(ALIASES.get(keyword, keyword), " ".join(arguments), condition, f"{path}:{number}")


def _both(outer: str, criteria: list[str]) -> str:
    """The condition of a Match block in a file that is included under another: both have to hold."""
    own = "" if [word.lower() for word in criteria] == ["all"] else " ".join(criteria)
    return " ".join(filter(None, (outer, own)))


def _keyword(line: str) -> tuple[str, str]:
    """The keyword in lower case, and what follows blanks or one `=`. Source: OpenSSH's misc.c, strdelim."""
    text = line.strip(_BLANKS + "\f").removeprefix("=").lstrip(_BLANKS)
    end = _KEYWORD_ENDS.search(text)
    if end is None:
        return text.lower(), ""
    before, after = text[: end.start()], text[end.start() :]
    if end[0] == '"':
        quoted, closing, rest = after[1:].partition('"')
        return f"{before}{quoted}".lower() if closing else "", rest.lstrip(_BLANKS)
    return before.lower(), after.lstrip(_BLANKS).removeprefix("=").lstrip(_BLANKS)


def words(text: str) -> list[str]:
    """The words of a statement: quotation marks of either kind keep blanks, a word that begins with `#` and all after it is a comment.

    A quotation that does not end reaches to the end of the line; sshd would not start with it. Source: OpenSSH's misc.c, argv_split.
    """
    found: list[str] = []
    at = 0
    while True:
        while at < len(text) and text[at] in " \t":
            at += 1
        if at == len(text) or text[at] == "#":
            return found
        word, at = _word(text, at)
        found.append(word)


def _word(text: str, at: int) -> tuple[str, int]:
    made: list[str] = []
    quote = ""
    while at < len(text) and (quote or text[at] not in " \t"):
        char = text[at]
        following = text[at + 1 : at + 2]
        if char == "\\" and following and (following in "'\"\\" or (not quote and following == " ")):
            made.append(following)
            at += 1
        elif quote and char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        else:
            made.append(char)
        at += 1
    return "".join(made), at


def defaults(package_version: str) -> dict[str, str]:
    """OpenSSH's defaults as of a package's version (`1:9.2p1-2`), of each keyword the latest change; where it tells none, today's."""
    said = _VERSION.match(package_version)
    version = (int(said[1]), int(said[2])) if said else _LATEST
    return {
        keyword: next(value for since, value in reversed(changes) if since <= version)
        for keyword, changes in _changes().items()
        if changes[0][0] <= version
    }


@functools.cache
def _changes() -> dict[str, list[tuple[tuple[int, int], str]]]:
    said = json.loads(resources("garrison.scan.syntax").joinpath("data/sshd_defaults.json").read_bytes())
    return {
        keyword: [((int(since.split(".")[0]), int(since.split(".")[1])), value) for since, value in changes.items()]
        for keyword, changes in said["defaults"].items()
    }
