"""PAM's stacks, with what they include. Sources: pam.conf(5), Linux-PAM's pam_handlers.c."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from garrison.scan.syntax.files import Files

FOLDERS = ("/etc/pam.d", "/usr/lib/pam.d")
MOST_DEPTH = 16
"""Stacks that include stacks (PAM_SUBSTACK_MAX_LEVEL)."""
MOST_LINES = 20_000
"""Of one stack with what it includes."""
KINDS = ("auth", "account", "password", "session")
_MOST_JOINED = 16_384
_INCLUDED = ("include", "substack")
_WORD = re.compile(r"\[(?:[^\]\\]|\\.)*\]|\S+")


@dataclass(frozen=True, slots=True)
class PamLine:
    """One module of a stack."""

    kind: str
    """`auth`, `account`, `password`, `session`."""
    control: str
    """`required`, `[success=1 default=ignore]` …"""
    module: str
    """Without its folder: `pam_unix.so`."""
    arguments: tuple[str, ...]
    place: str
    """`/etc/pam.d/su:3`."""

    def argument(self, name: str) -> str | None:
        """An argument's value, empty where it has none; None where it is not given. The last one counts."""
        found = None
        for argument in self.arguments:
            key, _, value = argument.partition("=")
            if key == name:
                found = value
        return found


def file_lines(files: Files, path: str) -> list[PamLine]:
    """The modules that one file names, without what it includes."""
    return [line for line in _parsed(files.lines(path) or (), path) if line.kind and line.control not in _INCLUDED]


def stack(files: Files, service: str) -> Iterator[PamLine]:
    """The whole stack of a service; nothing where it has no file."""
    return _stack(files, service, "", 0, [0])


def _stack(files: Files, service: str, kind: str, depth: int, count: list[int]) -> Iterator[PamLine]:
    """The lines of a service's file, of one kind where a line of that kind includes it."""
    places = [service] if service.startswith("/") else [f"{folder}/{service}" for folder in FOLDERS]
    path = next((place for place in places if files.is_there(place)), None)
    if path is None:
        return
    if depth > MOST_DEPTH:
        return files.left_out(path, f"included more than {MOST_DEPTH} files deep")
    for line in _parsed(files.lines(path) or (), path):
        count[0] += 1
        if count[0] > MOST_LINES:
            return files.left_out(path, f"more than {MOST_LINES} lines of PAM") if count[0] == MOST_LINES + 1 else None
        if not line.kind:
            yield from _stack(files, line.module, kind, depth + 1, count)
        elif kind and line.kind != kind:
            continue
        elif line.control in _INCLUDED:
            yield from _stack(files, line.module, line.kind, depth + 1, count)
        else:
            yield line


def _parsed(lines: Sequence[str], path: str) -> Iterator[PamLine]:
    """The lines of one file; `@include` has no kind."""
    for number, text in _joined(lines):
        place = f"{path}:{number}"
        first, *rest = [match[0] for match in _WORD.finditer(text)] or [""]
        if first == "@include" and rest:
            yield PamLine("", first, rest[0], (), place)
        elif (kind := first.removeprefix("-").lower()) in KINDS and len(rest) > 1:
            control = rest[0] if rest[0].startswith("[") else rest[0].lower()
            module = rest[1] if control in _INCLUDED else rest[1].rpartition("/")[2]
            yield PamLine(kind, control, module, tuple(map(_plain, rest[2:])), place)


def _joined(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Each line without its comment, with those that a backslash at its end joins to it; comments between them do not part them."""
    pending, first = "", 0
    for number, raw in enumerate(lines, 1):
        text, mark, _ = raw.strip().partition("#")
        if not text.strip():
            continue
        if not mark and text.endswith("\\") and len(pending) < _MOST_JOINED:
            pending, first = f"{pending}{text[:-1]} ", first or number
            continue
        yield first or number, pending + text
        pending, first = "", 0


def _plain(word: str) -> str:
    """An argument without the brackets that keep its blanks together."""
    return word[1:-1].replace("\\]", "]") if word.startswith("[") and word.endswith("]") else word
