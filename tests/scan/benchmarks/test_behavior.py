"""What a running host does: protocols, ports, and what root's programs have loaded, from a /proc of files."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from garrison.scan.benchmarks import Check, Verdict, built_in, evaluate
from garrison.scan.inventory import Listener

from .judging import OwnedByRoot, inventory, write

PASS, FAIL = Verdict.PASS, Verdict.FAIL
TCP = "  sl  local_address rem_address   st\n"


class Running(OwnedByRoot):
    """A folder that poses as the root of the running system."""

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        self.is_live = True


def elf(flags: int | None) -> bytes:
    """A program of 64 bits with one program header: PT_GNU_STACK with flags, or PT_LOAD."""
    header = (
        b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    )
    return header + struct.pack("<II", 1 if flags is None else 0x6474E551, 5 if flags is None else flags) + bytes(48)


def judged(root: Path, *listeners: Listener) -> dict[str, Check]:
    with Running(str(root)) as folder:
        return {check.rule: check for check in evaluate(folder, inventory(listeners=listeners), built_in())}


def process(root: Path, pid: int, uid: int, program: str, *modules: str) -> None:
    maps = "".join(
        f"7f00-7f10 r-xp 00000000 fe:00 {(root / path[1:]).stat().st_ino}  {path}\n" for path in (program, *modules)
    )
    write(root, {f"proc/{pid}/status": f"Name:\tx\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\n", f"proc/{pid}/maps": maps})
    (root / f"proc/{pid}/exe").symlink_to(program)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(
        tmp_path,
        {
            "usr/sbin/d": elf(6),
            "usr/lib/a.so": elf(6),
            "opt/x/old": elf(7),
            "opt/x/older": elf(None),
            "opt/x/new": elf(6),
        },
    )
    for path in ("usr/sbin/d", "opt/x/old", "opt/x/older", "opt/x/new"):
        (tmp_path / path).chmod(0o755)
    return tmp_path


def test_ports_of_insecure_protocols_and_those_nobody_uses(root: Path) -> None:
    write(
        root, {"proc/net/tcp": TCP + "   0: 0A000001:0050 0A000002:C000 01 0\n   1: 00000000:0015 00000000:0000 0A 0\n"}
    )
    checks = judged(
        root,
        Listener(protocol="tcp", address="0.0.0.0", port=80, process="/usr/sbin/nginx"),
        Listener(protocol="tcp", address="::", port=21, process="/usr/sbin/ftpd"),
        Listener(protocol="tcp", address="127.0.0.1", port=25),
        Listener(protocol="udp", address="0.0.0.0", port=161),
    )
    assert checks["insecure_servers"].evidence == (
        "tcp port 80 (HTTP): /usr/sbin/nginx; tcp port 21 (FTP): /usr/sbin/ftpd; udp port 161 (SNMP): a program"
    )
    assert (checks["insecure_servers"].severity, checks["unused_ports"].severity) == ("informational", "informational")
    assert checks["unused_ports"].evidence == "tcp port 21: /usr/sbin/ftpd, no connection"


def test_connections_by_insecure_protocols(root: Path) -> None:
    write(
        root,
        {
            "proc/net/tcp": TCP
            + "   0: 0A000001:C001 0A000002:0017 01 0\n   1: 0A000001:C002 0A000002:0050 01 0\n  bad line\n"
        },
    )
    checks = judged(root)
    assert (checks["insecure_client_login"].verdict, checks["insecure_client_login"].severity) == (FAIL, "medium")
    assert checks["insecure_client_login"].evidence == "a connection to port 23 (Telnet)"
    assert checks["insecure_client_general"].evidence == "a connection to port 80 (HTTP)"


def test_roots_programs_with_modules_that_others_may_change(root: Path) -> None:
    process(root, 1, 0, "/usr/sbin/d", "/usr/lib/a.so")
    assert judged(root)["root_process_modules"].verdict is PASS
    (root / "usr/lib/a.so").chmod(0o666)
    check = judged(root)["root_process_modules"]
    assert (check.verdict, check.severity) == (FAIL, "high")
    assert check.evidence == "/usr/lib/a.so: mode 0666, user 0, group 0, loaded by /usr/sbin/d (1)"


def test_a_program_that_may_not_be_looked_at_is_unknown_but_hides_no_other(root: Path) -> None:
    process(root, 1, 0, "/usr/sbin/d", "/usr/lib/a.so")
    write(root, {"proc/2/status": "Uid:\t0\t0\t0\t0\n", "proc/2/maps": b"x" * 5_000_000})
    check = judged(root)["root_process_modules"]
    assert check.verdict is Verdict.UNKNOWN
    assert check.evidence.startswith("/proc/2/maps: larger than")
    (root / "usr/lib/a.so").chmod(0o666)
    assert judged(root)["root_process_modules"].verdict is FAIL


def test_programs_whose_stack_can_be_run(root: Path) -> None:
    process(root, 7, 33, "/usr/sbin/d")
    check = judged(root)["software_without_dep"]
    assert check.evidence == "/opt/x/old: its stack can be run; /opt/x/older: its stack can be run"


@pytest.mark.parametrize(
    "content", [b"", b"\x7fELF", elf(7)[:60], elf(7)[:70], b"\x7fELF\x02\x01\x01" + b"\xff" * 200, b"#!/bin/sh"]
)
def test_what_is_no_program_is_nothing(tmp_path: Path, content: bytes) -> None:
    write(tmp_path, {"opt/x": content}, {"opt/x": 0o755})
    assert judged(tmp_path)["software_without_dep"].verdict is PASS
