"""A line that a file must have."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, fails, passes


@kind("lineinfile")
def lineinfile(host: Host, arguments: Arguments) -> Outcome:
    """Fails where `path` has no line `text`; blanks count only where they separate words."""
    path, wanted = arguments.text("path"), _plain(arguments.text("text"))
    for number, line in enumerate(host.lines(path) or (), 1):
        if _plain(line) == wanted:
            return passes(f"{path}:{number}: {wanted}")
    return fails(f"{path}: no line {wanted}")


def _plain(line: str) -> str:
    name, sign, value = line.partition("=")
    return " ".join(f"{name} {sign} {value}".split())
