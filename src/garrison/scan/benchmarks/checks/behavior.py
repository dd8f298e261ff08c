"""What a running host does: which protocols it speaks, which ports nobody uses, what root's programs have loaded.

The rules of Inspector Classic's Runtime Behavior Analysis, at the moment of the scan. Source: Amazon Inspector Classic user guide (2017).
"""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, Watch, kind
from garrison.scan.benchmarks.outcome import Outcome, Unreadable, decided, fails, named, not_applicable, passes, shown
from garrison.scan.benchmarks.readers.elf import has_runnable_stack
from garrison.scan.benchmarks.readers.processes import connections, processes
from garrison.scan.inventory.facts import Listener
from garrison.scan.roots.root import Entry, Kind

INSECURE = {
    ("tcp", 21): "FTP",
    ("tcp", 23): "Telnet",
    ("tcp", 25): "SMTP",
    ("udp", 69): "TFTP",
    ("tcp", 80): "HTTP",
    ("tcp", 110): "POP3",
    ("tcp", 143): "IMAP",
    ("udp", 161): "SNMP",
    ("tcp", 512): "rexec",
    ("tcp", 513): "rlogin",
    ("tcp", 514): "rsh",
}
"""By their well-known ports."""
SIGN_IN = frozenset({21, 23, 512, 513, 514})
"""Protocols that carry a password in the clear to sign in somewhere."""
NOT_RUNNING = "only a running host shows what it does"
_LOCAL = ("127.", "::1", "::ffff:127.")
_LOCAL_HEX = ("0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F")
_THIRD_PARTY = ("/opt", "/usr/local/bin", "/usr/local/sbin")


def _open(host: Host) -> list[Listener]:
    return [one for one in host.inventory.listeners if not one.address.startswith(_LOCAL)]


@kind("insecure_server_protocols")
def insecure_server_protocols(host: Host, _arguments: Arguments) -> Outcome:
    """Fails where a program waits on the network for a protocol without encryption (`INSECURE`). No arguments."""
    if not host.is_live:
        return not_applicable(NOT_RUNNING)
    wrong = [one for one in _open(host) if (one.protocol, one.port) in INSECURE]
    said = (
        f"{one.protocol} port {one.port} ({INSECURE[one.protocol, one.port]}): {shown(one.process) or 'a program'}"
        for one in wrong
    )
    return decided(not wrong, named(said) or "no port of an insecure protocol is open")


@kind("insecure_client_protocols")
def insecure_client_protocols(host: Host, arguments: Arguments) -> Outcome:
    """Fails where the host has a connection to another by a protocol without encryption: with `login`, those that sign somebody in, else the others."""
    if not host.is_live:
        return not_applicable(NOT_RUNNING)
    wanted = arguments.flag("login")
    ports = {
        port: name for (protocol, port), name in INSECURE.items() if protocol == "tcp" and (port in SIGN_IN) is wanted
    }
    listening = {one.port for one in host.inventory.listeners if one.protocol == "tcp"}
    wrong = [
        one
        for one in host.once(connections)
        if one.remote_port in ports and one.local_port not in listening and one.remote not in _LOCAL_HEX
    ]
    return decided(
        not wrong,
        named(f"a connection to port {one.remote_port} ({ports[one.remote_port]})" for one in wrong)
        or "no such connection",
    )


@kind("unused_ports")
def unused_ports(host: Host, _arguments: Arguments) -> Outcome:
    """Fails where a TCP port waits on the network and nobody is connected to it while the scan looks. No arguments."""
    if not host.is_live:
        return not_applicable(NOT_RUNNING)
    used = {one.local_port for one in host.once(connections)}
    unused = sorted({(one.port, one.process) for one in _open(host) if one.protocol == "tcp" and one.port not in used})
    return decided(
        not unused,
        named(f"tcp port {port}: {shown(process) or 'a program'}, no connection" for port, process in unused)
        or "every open port is in use",
    )


@kind("root_process_modules")
def root_process_modules(host: Host, _arguments: Arguments) -> Outcome:
    """Fails where a program that runs as root has loaded code from a file that somebody else may change. No arguments."""
    if not host.is_live:
        return not_applicable(NOT_RUNNING)
    looked: dict[tuple[str, int], str] = {}
    wrong: dict[str, str] = {}
    running = host.once(processes)
    for process in running.seen:
        for module in process.modules if process.uid == 0 else ():
            if module not in looked:
                looked[module] = _complaint(host, *module)
            if looked[module]:
                wrong.setdefault(
                    module[0],
                    f"{shown(module[0])}: {looked[module]}, loaded by {shown(process.program)} ({process.pid})",
                )
    if not wrong and running.hidden:
        raise Unreadable(running.hidden)
    return decided(
        not wrong,
        named(wrong[path] for path in sorted(wrong)) or f"{len(looked)} modules of root's programs, all of them root's",
    )


def _complaint(host: Host, path: str, inode: int) -> str:
    entry = host.stat(path)
    if entry is None or entry.inode != inode:  # of another root: a container's
        return ""
    folder = host.stat(path.rpartition("/")[0] or "/")
    for what, one in (("", entry), ("its folder ", folder)):
        if one is not None and (
            one.uid != 0
            or (one.mode & 0o002 and not (what and one.mode & 0o1000))
            or (one.mode & 0o020 and one.gid != 0)
        ):
            return f"{what}mode {one.mode:04o}, user {one.uid}, group {one.gid}"
    return ""


@kind("software_without_dep")
def software_without_dep(host: Host, _arguments: Arguments) -> Watch:
    """Fails for a program whose stack can be run as code: of those that run, and those that no package put in /opt and /usr/local. No arguments."""
    wrong: set[str] = set()
    number = [0]

    def look(path: str) -> None:
        number[0] += 1
        if has_runnable_stack(host, path):
            wrong.add(path)

    def see(entry: Entry) -> None:
        if entry.kind is Kind.FILE and entry.mode & 0o111:
            look(entry.path)

    def finish() -> Outcome:
        running = host.once(processes)
        for path in {process.program for process in running.seen if process.program}:
            look(path)
        if not wrong and running.hidden:
            raise Unreadable(running.hidden)
        if not number[0]:
            return not_applicable("no program runs, and there is none of others")
        if wrong:
            return fails(named(f"{shown(path)}: its stack can be run" for path in sorted(wrong)))
        return passes(f"{number[0]} programs, none of whose stacks can be run")

    return Watch(_THIRD_PARTY, see, finish)
