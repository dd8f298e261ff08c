"""Whether a file is there."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, decided


@kind("file_existence")
def file_existence(host: Host, arguments: Arguments) -> Outcome:
    """Fails where `filepath` is not there although `exists` is true, or is there although it is false."""
    path = arguments.text("filepath")
    is_there = host.is_there(path)
    return decided(is_there is arguments.flag("exists"), f"{path} {'is there' if is_there else 'is not there'}")
