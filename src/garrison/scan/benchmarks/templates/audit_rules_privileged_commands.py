"""A privileged program, recorded when it is run."""

from __future__ import annotations

from garrison.scan.benchmarks.auditing import records_access
from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, not_applicable


@kind("audit_rules_privileged_commands")
def audit_rules_privileged_commands(host: Host, arguments: Arguments) -> Outcome:
    """Fails where no audit rule records that people run `path` (`/usr/bin/sudo`). It does not apply where there is no such program."""
    path = arguments.text("path")
    if not host.is_there(path):
        return not_applicable(f"there is no {path}")
    return records_access(host, path, "x")
