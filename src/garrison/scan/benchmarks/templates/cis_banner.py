"""What is shown before somebody signs in."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, fails, not_applicable, passes

_ESCAPES = ("\\v", "\\r", "\\m", "\\s")


@kind("cis_banner")
def cis_banner(host: Host, arguments: Arguments) -> Outcome:
    r"""Fails where `filepath` tells which system it is: agetty's `\v`, `\r`, `\m`, `\s`, or the distribution's name.

    With `banner_must_be_set` it fails also where the file is empty or absent.
    """
    path = arguments.text("filepath")
    lines = host.lines(path)
    must_be_set = arguments.flag("banner_must_be_set")
    if lines is None or not any(line.strip() for line in lines):
        return fails(f"{path} says nothing") if must_be_set else not_applicable(f"{path} says nothing")
    telling = (*_ESCAPES, host.inventory.platform.id or "linux")
    for number, line in enumerate(lines, 1):
        if any(word in line.lower() for word in telling):
            return fails(f"{path}:{number}: {line.strip()}")
    return passes(f"{path} does not tell which system it is")
