"""A refused call on files, recorded."""

from __future__ import annotations

from garrison.scan.benchmarks.auditing import records_refused_call
from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome


@kind("audit_rules_unsuccessful_file_modification")
def audit_rules_unsuccessful_file_modification(host: Host, arguments: Arguments) -> Outcome:
    """Fails where no audit rule records the call `name` (`openat`) when it is refused with EACCES, and when it is with EPERM.

    On a 64-bit kernel, under both architectures. `syscall_grouping` is for those who write such rules.
    """
    return records_refused_call(host, arguments.text("name"))
