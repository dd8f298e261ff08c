"""Whether only root can write where programs, libraries and configuration lie."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, Watch, kind
from garrison.scan.benchmarks.outcome import Outcome, decided, named, shown
from garrison.scan.roots.root import Entry, Kind

_FOLDERS = ("/etc", "/boot", "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib64", "/usr/libexec", "/usr/local", "/usr/local/bin", "/usr/local/sbin", "/usr/local/lib", "/opt")  # fmt: skip


@kind("system_folders")
def system_folders(host: Host, _arguments: Arguments) -> Outcome | Watch:
    """Fails where somebody other than root can write in a system folder: the folders themselves strictly, those below them for everybody.

    No arguments.
    """
    wrong: list[str] = []
    real: set[str] = set()
    for path in _FOLDERS:
        entry = host.stat(path, follow=False)
        if entry is None or entry.kind is not Kind.FOLDER:
            continue
        real.add(path)
        if entry.uid != 0 or entry.mode & 0o002 or (entry.mode & 0o020 and entry.gid != 0):
            wrong.append(_said(entry))

    def see(entry: Entry) -> None:
        if entry.kind is Kind.FOLDER and entry.mode & 0o002 and entry.path not in real:
            wrong.append(_said(entry))

    def finish() -> Outcome:
        return decided(not wrong, named(wrong) if wrong else f"{len(real)} system folders, only root may write in them")

    return Watch(tuple(sorted(real - {"/usr"})), see, finish)


def _said(entry: Entry) -> str:
    return f"{shown(entry.path)}: mode {entry.mode:04o}, user {entry.uid}, group {entry.gid}"
