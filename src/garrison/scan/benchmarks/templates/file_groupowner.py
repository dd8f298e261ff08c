"""The group that files belong to."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, Watch, kind
from garrison.scan.benchmarks.outcome import Outcome
from garrison.scan.benchmarks.readers import accounts
from garrison.scan.benchmarks.selection import judge_files
from garrison.scan.roots.root import Entry


@kind("file_groupowner")
def file_groupowner(host: Host, arguments: Arguments) -> Outcome | Watch:
    """Fails for a file that belongs to another group than `gid_or_name` says: names or numbers, several with `|` between them.

    Arguments beside it: those of `selection.judge_files`.
    """
    wanted = arguments.text("gid_or_name")
    allowed = {accounts.gid_of(host, name) for name in wanted.split("|")}

    def complaint(entry: Entry) -> str:
        return "" if entry.gid in allowed else f"belongs to group {entry.gid}, not {wanted}"

    return judge_files(host, arguments, complaint)
