"""What sudo allows: Defaults and rules, with what is included. Source: sudoers(5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from garrison.scan.benchmarks.host import Host, Setting
from garrison.scan.benchmarks.readers.words import words
from garrison.scan.roots.root import Kind

MOST_DEPTH = 16
MOST_LINES = 20_000
MOST_FILES = 512
"""Read, the same one counted again each time that it is included."""


@dataclass(slots=True)
class Sudoers:
    """All files together."""

    is_installed: bool
    defaults: dict[str, Setting] = field(default_factory=dict)
    """Of the Defaults for everybody, the last of each; a flag has the value `yes`, a negated one `no`."""
    rules: list[Setting] = field(default_factory=list)
    """User specifications as they are written."""
    lines: int = 0
    files: int = 0


def sudoers(host: Host) -> Sudoers:
    """Read /etc/sudoers and what it includes."""
    found = Sudoers(
        host.package("sudo", "sudo-ldap") is not None or host.is_there("/usr/bin/sudo") or host.is_there("/etc/sudoers")
    )
    for line in _lines(host, found, "/etc/sudoers", 0):
        text = line.value
        if text.startswith("Defaults"):
            if text[8:9] in (" ", "\t"):
                for name, value in _options(text[8:]):
                    found.defaults[name] = Setting(value, line.place)
        elif "=" in text and not text.split()[0].endswith("_Alias"):
            found.rules.append(line)
    return found


def _lines(host: Host, found: Sudoers, path: str, depth: int) -> Iterator[Setting]:
    found.files += 1
    if found.files > MOST_FILES:
        return
    pending, first = "", 0
    for number, raw in enumerate(host.lines(path) or (), 1):
        found.lines += 1
        if found.lines > MOST_LINES:
            return
        if raw.endswith("\\") and len(pending) < 16_384:
            pending, first = pending + raw[:-1], first or number
            continue
        text, place = (pending + raw).strip(), f"{path}:{first or number}"
        pending, first = "", 0
        command, _, rest = text.partition(" ")
        if command in ("@include", "#include", "@includedir", "#includedir"):
            if depth < MOST_DEPTH:
                yield from _included(host, found, command, rest.strip().strip('"'), path, depth)
        elif text and not text.startswith("#"):
            yield Setting(text, place)


def _included(host: Host, found: Sudoers, command: str, said: str, path: str, depth: int) -> Iterator[Setting]:
    target = said if said.startswith("/") else f"{path.rpartition('/')[0]}/{said}"
    paths = [target]
    if command.endswith("dir"):
        names = (name for name in host.names(target) if "." not in name and not name.endswith("~"))
        paths = [f"{target}/{name}" for name in names]
    for one in paths:
        entry = host.stat(one)
        if entry is not None and entry.kind is Kind.FILE:
            yield from _lines(host, found, one, depth + 1)


def _options(text: str) -> Iterator[tuple[str, str]]:
    for option in _split(text):
        name, sign, value = option.partition("=")
        name = name.strip().rstrip("+-").strip()
        if sign:
            yield name, " ".join(words(value))
        elif name:
            negations = len(name) - len(name.lstrip("!"))
            yield name.lstrip("!").strip(), "no" if negations % 2 else "yes"


def _split(text: str) -> list[str]:
    """At commas outside quotes."""
    parts, quoted = [""], False
    for char in text:
        if char == '"':
            quoted = not quoted
        if char == "," and not quoted:
            parts.append("")
        else:
            parts[-1] += char
    return parts
