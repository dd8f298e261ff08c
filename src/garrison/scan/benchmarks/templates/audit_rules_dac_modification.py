"""A call that changes owners, permissions or attributes of files, recorded."""

from __future__ import annotations

from garrison.scan.benchmarks.auditing import records_call
from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome


@kind("audit_rules_dac_modification")
def audit_rules_dac_modification(host: Host, arguments: Arguments) -> Outcome:
    """Fails where no audit rule records the call `attr` (`chmod`) by everybody who has signed in.

    On a 64-bit kernel, under both architectures. `syscall_grouping` is for those who write such rules.
    """
    return records_call(host, arguments.text("attr"))
