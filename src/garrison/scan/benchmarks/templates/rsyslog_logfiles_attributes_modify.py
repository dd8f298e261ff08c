"""Owner, group and permissions of the files that rsyslog writes."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import BadRule, Outcome, decided, named, not_applicable, shown
from garrison.scan.benchmarks.readers import accounts, rsyslog
from garrison.scan.roots.root import Entry


@kind("rsyslog_logfiles_attributes_modify")
def rsyslog_logfiles_attributes_modify(host: Host, arguments: Arguments) -> Outcome:
    """Fails for a log file whose `attribute` (`owner`, `groupowner`, `permissions`) is not `value`: a name, or at most these bits (octal)."""
    if not rsyslog.is_there(host):
        return not_applicable("rsyslog is not installed")
    attribute, value = arguments.text("attribute"), arguments.text("value")
    entries = {said.value: entry for said in host.once(rsyslog.files) if (entry := host.stat(said.value)) is not None}
    if not entries:
        return not_applicable("rsyslog has written no file yet")
    wrong = [
        f"{shown(path)}: {said}"
        for path, entry in entries.items()
        if (said := _complaint(host, arguments, entry, attribute, value))
    ]
    return decided(not wrong, named(wrong) if wrong else f"{len(entries)} log files: {attribute} {value}")


def _complaint(host: Host, arguments: Arguments, entry: Entry, attribute: str, value: str) -> str:
    match attribute:
        case "owner":
            return "" if entry.uid == accounts.uid_of(host, value) else f"belongs to user {entry.uid}, not {value}"
        case "groupowner":
            return "" if entry.gid == accounts.gid_of(host, value) else f"belongs to group {entry.gid}, not {value}"
        case "permissions":
            return f"mode {entry.mode:04o}, more than {value}" if entry.mode & ~arguments.octal("value") else ""
    raise BadRule(f"attribute {attribute} is not known")
