"""Permission bits of files."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, Watch, kind
from garrison.scan.benchmarks.outcome import Outcome
from garrison.scan.benchmarks.selection import judge_files
from garrison.scan.roots.root import Entry


@kind("file_permissions")
def file_permissions(host: Host, arguments: Arguments) -> Outcome | Watch:
    """Fails for a file that lets more people do more than `filemode` (octal) says; without `allow_stricter_permissions` (true), also for less.

    Arguments beside these: those of `selection.judge_files`.
    """
    mode = arguments.octal("filemode")
    allows_stricter = arguments.flag("allow_stricter_permissions", default=True)

    def complaint(entry: Entry) -> str:
        is_wrong = entry.mode & ~mode if allows_stricter else entry.mode != mode
        return f"mode {entry.mode:04o}, more than {mode:04o}" if is_wrong else ""

    return judge_files(host, arguments, complaint)
