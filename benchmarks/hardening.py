"""A minimal Debian 11 judged by our rules and by OpenSCAP's, one after the other: time, memory, and where the verdicts differ.

    sudo python benchmarks/hardening.py [ROOT]

ROOT is a root file system of Debian 11; without it debootstrap makes one. It is given the settings of `SETTINGS`, some as the rules ask
for and some not. OpenSCAP (Debian's openscap-scanner, ssg-debian) runs inside it, where its package checks work; rules are those that
both have by name. Needs root, and the rule file of ComplianceAsCode among the suites (`GARRISON_SUITES`).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from typing import NamedTuple

SUITES = Path(os.environ.get("GARRISON_SUITES") or Path(__file__).parents[2] / "shared" / "suites")
RULES = SUITES / "inspector" / "complianceascode.json.gz"
DATASTREAM = Path("/usr/share/xml/scap/ssg/content/ssg-debian11-ds.xml")
INCLUDED = "openssh-server,sudo,auditd,rsyslog,cron,libpam-pwquality,ntp,telnet,iptables,dbus,logrotate,systemd"
NAMESPACE = "{http://checklists.nist.gov/xccdf/1.2}"
PLACE = "opt/openscap"
SETTINGS = {
    "lib/modules/5.10.0-28-amd64/modules.dep": "",
    "boot/config-5.10.0-28-amd64": "CONFIG_BUG=y\nCONFIG_DEBUG_LIST=y\n# CONFIG_COMPAT_BRK is not set\nCONFIG_HIBERNATION=y\nCONFIG_KEXEC=y\n"
    "CONFIG_IPV6=m\nCONFIG_SECCOMP=y\nCONFIG_SECCOMP_FILTER=y\nCONFIG_SECURITY=y\nCONFIG_SECURITY_YAMA=y\nCONFIG_RETPOLINE=y\n"
    'CONFIG_MODULE_SIG=y\nCONFIG_MODULE_SIG_HASH="sha256"\nCONFIG_LEGACY_PTYS=y\nCONFIG_PANIC_ON_OOPS=y\n# CONFIG_DEBUG_FS is not set\n',
    "etc/ssh/sshd_config": "PermitRootLogin no\nPermitEmptyPasswords no\nIgnoreRhosts yes\nX11Forwarding yes\nClientAliveInterval 300\n"
    "ClientAliveCountMax 0\nUsePAM yes\nStrictModes yes\nLogLevel VERBOSE\nMaxSessions 4\n",
    "etc/sysctl.d/90-hardening.conf": "kernel.kptr_restrict = 1\nkernel.panic_on_oops = 1\nfs.suid_dumpable = 0\nfs.protected_symlinks = 1\n",
    "etc/modprobe.d/hardening.conf": "install dccp /bin/true\ninstall uvcvideo /bin/false\n",
    "etc/audit/rules.d/hardening.rules": "-a always,exit -F arch=b32 -S chmod,fchmod,fchmodat -F auid>=1000 -F auid!=unset -F key=perm_mod\n"
    "-a always,exit -F arch=b64 -S chmod,fchmod,fchmodat -F auid>=1000 -F auid!=unset -F key=perm_mod\n"
    "-a always,exit -F arch=b64 -S chown -F auid>=1000 -F auid!=unset -F key=perm_mod\n"
    "-a always,exit -F arch=b32 -S unlink,unlinkat,rename,renameat -F auid>=1000 -F auid!=unset -F key=delete\n"
    "-a always,exit -F arch=b64 -S unlink,unlinkat,rename,renameat -F auid>=1000 -F auid!=unset -F key=delete\n"
    "-w /etc/passwd -p wa -k identity\n-w /etc/group -p wa -k identity\n",
    "etc/sudoers.d/hardening": "Defaults use_pty,env_reset\nDefaults logfile=/var/log/sudo.log\n",
    "etc/security/pwquality.conf": "minlen = 14\ndcredit = -1\nucredit = 0\n",
    "etc/fstab": "/dev/sda2 /home ext4 nodev,nosuid 0 2\n/dev/sda3 /var/log ext4 defaults 0 2\ntmpfs /tmp tmpfs nodev 0 0\n",
    "var/log/messages": "",
}
OURS = """
import json, sys
from pathlib import Path
from garrison.scan.benchmarks import built_in, evaluate, read_rules
from garrison.scan.inventory import take
from garrison.scan.roots import Folder
profile = built_in() if sys.argv[2] == "garrison" else read_rules(Path(sys.argv[3]).read_bytes()).profile(sys.argv[2])
with Folder(sys.argv[1]) as root:
    checks = evaluate(root, take(root, with_languages=False), profile)
print(json.dumps({check.rule: [check.verdict, check.evidence] for check in checks}))
"""


class Cost(NamedTuple):
    """What a run took: seconds, seconds of processor, megabytes of its largest process."""

    took: float
    processor: float
    peak: int

    def __str__(self) -> str:
        return f"{self.took:.2f} s ({self.processor:.2f} CPU-s), {self.peak} MB"


def main() -> None:
    """Run both and print what they took and said."""
    if os.geteuid() or not DATASTREAM.is_file() or not RULES.is_file() or shutil.which("oscap") is None:
        print("left out: it needs root, openscap-scanner, ssg-debian and the rule file of ComplianceAsCode")
        return
    with tempfile.TemporaryDirectory(prefix="garrison-hardening-") as folder:
        root = Path(sys.argv[1]) if len(sys.argv) > 1 else _debian(Path(folder) / "root")
        _set_up(root)
        for name in ("garrison", "cis_level1_server"):
            checks, cost = _ours(root, name)
            print(f"ours, {name}: {len(checks)} rules, {cost}")
        ours, cost = _ours(root, "all")
        theirs, their_cost = _openscap(root)
    print(f"ours, all: {len(ours)} rules, {cost}")
    ratio = their_cost.processor / cost.processor
    print(f"OpenSCAP, all: {len(theirs)} rules, {their_cost}: {ratio:.1f} times our processor time")
    _compare(ours, theirs)


def _debian(root: Path) -> Path:
    subprocess.run(
        ["debootstrap", "--variant=minbase", f"--include={INCLUDED}", "bullseye", str(root)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return root


def _set_up(root: Path) -> None:
    for name, content in SETTINGS.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (root / "etc/issue").chmod(0o666)
    (root / "var/log/messages").chmod(0o600)


def _ours(root: Path, profile: str) -> tuple[dict[str, list[str]], Cost]:
    output, cost = _measured([sys.executable, "-c", OURS, str(root), profile, str(RULES)])
    return json.loads(output), cost


def _openscap(root: Path) -> tuple[dict[str, str], Cost]:
    """The program with its libraries goes into the root for the while, since it judges packages only where it runs."""
    place = root / PLACE
    place.mkdir(parents=True, exist_ok=True)
    try:
        _copy_program(place)
        shutil.copy(DATASTREAM, place / "ds.xml")
        shutil.copytree("/usr/share/openscap", root / "usr/share/openscap", dirs_exist_ok=True)
        inside = f"/{PLACE}"
        command = f'mount -t proc proc "{root}/proc" && exec chroot "{root}" {inside}/ld-linux-x86-64.so.2 --library-path {inside} {inside}/oscap'
        run = f"{command} xccdf eval --profile '(all)' --results {inside}/results.xml {inside}/ds.xml"
        _, cost = _measured(["unshare", "--mount", "sh", "-c", run])
        results = ET.parse(place / "results.xml").iter(f"{NAMESPACE}rule-result")
        found = {str(one.get("idref")): str(one.findtext(f"{NAMESPACE}result")) for one in results}
        return {name.split("content_rule_")[-1]: result for name, result in found.items()}, cost
    finally:
        shutil.rmtree(place)
        shutil.rmtree(root / "usr/share/openscap", ignore_errors=True)


def _copy_program(place: Path) -> None:
    program = shutil.which("oscap") or ""
    shutil.copy(program, place / "oscap")
    for line in subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout.splitlines():
        words = line.replace("=>", " ").split()
        library = next((word for word in words if word.startswith("/")), None)
        if library is not None:
            shutil.copy(library, place / Path(library).name)


def _measured(command: list[str]) -> tuple[bytes, Cost]:
    """A program's output, and what it took."""
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        child = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(child.pid, 0)
        child.returncode = 0
        took = time.perf_counter() - began
        output.seek(0)
        return output.read(), Cost(took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024)


def _compare(ours: dict[str, list[str]], theirs: dict[str, str]) -> None:
    both = sorted(set(ours) & set(theirs))
    print(f"{len(both)} rules of the same name; OpenSCAP's verdict and ours:")
    for (their, our), number in sorted(Counter((theirs[rule], ours[rule][0]) for rule in both).items()):
        print(f"  {their:14} {our:14} {number}")
    judged = [rule for rule in both if theirs[rule] in ("pass", "fail") and ours[rule][0] in ("pass", "fail")]
    different = [rule for rule in judged if theirs[rule] != ours[rule][0]]
    print(
        f"judged by both: {len(judged)}, the same: {len(judged) - len(different)} ({1 - len(different) / len(judged):.1%}); different:"
    )
    for rule in different:
        print(f"  {rule}: {theirs[rule]} there, {ours[rule][0]} here: {ours[rule][1]}")


if __name__ == "__main__":
    main()
