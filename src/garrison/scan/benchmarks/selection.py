"""The files that a rule about files means: one path or several, a folder's files by a pattern of their names, or all below it."""

from __future__ import annotations

from collections.abc import Callable

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, Watch
from garrison.scan.benchmarks.outcome import BadRule, Outcome, decided, named, not_applicable, shown
from garrison.scan.benchmarks.patterns import Pattern
from garrison.scan.roots.root import Entry, Kind

Complaint = Callable[[Entry], str]
"""What is wrong with an entry; empty where nothing is."""


def judge_files(host: Host, arguments: Arguments, complaint: Complaint) -> Outcome | Watch:
    """Every selected file against one complaint.

    Arguments: `filepath`, a path or a list of them, a folder where it ends with a slash; `file_regex`, a pattern (or one for each
    path) of the names of the files in a folder that are meant instead of it; `recursive`, whether what lies deeper is meant too.
    """
    paths = arguments.texts("filepath")
    patterns = _patterns(arguments, len(paths))
    wrong: list[str] = []
    seen = [0]

    def look(entry: Entry) -> None:
        seen[0] += 1
        if said := complaint(entry):
            wrong.append(f"{shown(entry.path)}: {said}")

    below: dict[str, Pattern | None] = {}
    for path, pattern in zip(paths, patterns, strict=True):
        if not path.startswith("/"):
            raise BadRule(f"{path} is no absolute path")
        if path.endswith("/") and arguments.flag("recursive"):
            below[path.rstrip("/")] = pattern
        if pattern is None:
            if (entry := host.stat(path)) is not None:
                look(entry)
        elif not arguments.flag("recursive"):
            _look_in(host, path, pattern, look)

    def finish() -> Outcome:
        if not seen[0]:
            return not_applicable(f"nothing there: {named(paths)}")
        return decided(not wrong, named(wrong) if wrong else f"{seen[0]} looked at: {named(paths)}")

    def see(entry: Entry) -> None:
        pattern = next((found for top, found in below.items() if entry.path.startswith(f"{top}/")), None)
        if (
            entry.kind is Kind.FOLDER
            if pattern is None
            else entry.kind is Kind.FILE and pattern.is_in(entry.path.rpartition("/")[2])
        ):
            look(entry)

    return Watch(tuple(below), see, finish) if below else finish()


def _look_in(host: Host, folder: str, pattern: Pattern, look: Callable[[Entry], None]) -> None:
    for name in host.names(folder):
        if pattern.is_in(name):
            entry = host.stat(f"{folder.rstrip('/')}/{name}", follow=False)
            if entry is not None and entry.kind is Kind.FILE:
                look(entry)


def _patterns(arguments: Arguments, number: int) -> list[Pattern | None]:
    if "file_regex" not in arguments:
        return [None] * number
    texts = arguments.texts("file_regex")
    if len(texts) not in (1, number):
        raise BadRule("there are not as many patterns as paths")
    return [Pattern(text) for text in (texts if len(texts) == number else texts * number)]
