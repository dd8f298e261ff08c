"""A file or folder whose changes are recorded."""

from __future__ import annotations

from garrison.scan.benchmarks.auditing import records_access
from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome


@kind("audit_rules_watch")
def audit_rules_watch(host: Host, arguments: Arguments) -> Outcome:
    """Fails where no audit rule records writing to `path` and changes of its attributes.

    With `path_is_variable` the path is the value of a variable of that name. `key` only names the records and is not judged.
    """
    path = arguments.text("path")
    return records_access(host, arguments.value(path) if arguments.flag("path_is_variable") else path, "wa")
