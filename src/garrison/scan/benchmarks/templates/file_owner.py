"""The user that files belong to."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, Watch, kind
from garrison.scan.benchmarks.outcome import Outcome
from garrison.scan.benchmarks.readers import accounts
from garrison.scan.benchmarks.selection import judge_files
from garrison.scan.roots.root import Entry


@kind("file_owner")
def file_owner(host: Host, arguments: Arguments) -> Outcome | Watch:
    """Fails for a file that belongs to another user than `uid_or_name` says: names or numbers, several with `|` between them.

    Arguments beside it: those of `selection.judge_files`.
    """
    wanted = arguments.text("uid_or_name")
    allowed = {accounts.uid_of(host, name) for name in wanted.split("|")}

    def complaint(entry: Entry) -> str:
        return "" if entry.uid in allowed else f"belongs to user {entry.uid}, not {wanted}"

    return judge_files(host, arguments, complaint)
