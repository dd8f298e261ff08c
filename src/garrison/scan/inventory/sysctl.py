"""Kernel settings: as they are on the running system, and as its files set them at boot. Source: sysctl.d(5), systemd-sysctl(8)."""

from __future__ import annotations

from collections.abc import Iterable

from garrison.scan.inventory.files import drop_ins, lines
from garrison.scan.roots import Root
from garrison.scan.roots.root import text

FOLDERS = (
    "/etc/sysctl.d",
    "/run/sysctl.d",
    "/usr/local/lib/sysctl.d",
    "/usr/lib/sysctl.d",
    "/lib/sysctl.d",
)
_ALONE = "/etc/sysctl.conf"
"""Read last where systemd does not start the system; Debian's systemd reads it through a link among the others."""
_SYSTEMD = ("/usr/lib/systemd/systemd", "/lib/systemd/systemd")
WANTED = [
    "dev.tty.ldisc_autoload",
    "fs.protected_fifos",
    "fs.protected_hardlinks",
    "fs.protected_regular",
    "fs.protected_symlinks",
    "fs.suid_dumpable",
    "kernel.core_pattern",
    "kernel.core_uses_pid",
    "kernel.dmesg_restrict",
    "kernel.kexec_load_disabled",
    "kernel.kptr_restrict",
    "kernel.modules_disabled",
    "kernel.panic_on_oops",
    "kernel.perf_event_paranoid",
    "kernel.pid_max",
    "kernel.randomize_va_space",
    "kernel.sysrq",
    "kernel.tainted",
    "kernel.unprivileged_bpf_disabled",
    "kernel.unprivileged_userns_clone",
    "kernel.yama.ptrace_scope",
    "net.core.bpf_jit_harden",
    "net.ipv4.ip_forward",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_rfc1337",
    "net.ipv4.icmp_echo_ignore_broadcasts",
    "net.ipv4.icmp_ignore_bogus_error_responses",
    "net.ipv6.conf.all.forwarding",
    "user.max_user_namespaces",
    "vm.mmap_min_addr",
    "vm.mmap_rnd_bits",
    "vm.unprivileged_userfaultfd",
]
_OF_INTERFACES = [
    "accept_local",
    "accept_redirects",
    "accept_source_route",
    "arp_filter",
    "arp_ignore",
    "drop_gratuitous_arp",
    "log_martians",
    "rp_filter",
    "route_localnet",
    "secure_redirects",
    "send_redirects",
    "shared_media",
    "accept_ra",
    "accept_ra_defrtr",
    "accept_ra_pinfo",
    "accept_ra_rtr_pref",
    "autoconf",
    "disable_ipv6",
    "max_addresses",
    "router_solicitations",
]
MOST_BYTES = 64 * 1024


def configured(root: Root) -> dict[str, str]:
    """What the files set, by the name that sysctl writes: files by name, the last value of each setting."""
    found: dict[str, str] = {}
    paths = drop_ins(root, FOLDERS, ".conf")
    if not any(root.stat(path) for path in _SYSTEMD):
        paths.append(_ALONE)
    for path in paths:
        for line in lines(root, path, comments="#;"):
            name, equals, value = line.lstrip("-").partition("=")
            if equals and name.strip():
                found[dotted(name.strip())] = " ".join(value.split())
    return found


def running(root: Root, configured_names: Iterable[str]) -> dict[str, str]:
    """The running kernel's values, of what bears on security and of what the files set; nothing for a root that does not run."""
    if not root.is_live:
        return {}
    families = (("ipv4", _OF_INTERFACES), ("ipv6", _OF_INTERFACES))
    interfaces = [
        f"net.{family}.conf.{which}.{name}"
        for family, names in families
        for which in ("all", "default")
        for name in names
    ]
    found = {}
    for name in dict.fromkeys([*WANTED, *interfaces, *configured_names]):
        if "*" not in name and (said := text(root, f"/proc/sys/{swapped(name)}", most=MOST_BYTES)) is not None:
            found[name] = " ".join(said.split())
    return found


def dotted(name: str) -> str:
    """A name with dots between its steps, whichever of `.` and `/` it is written with: the first of them separates."""
    first = next((each for each in name if each in "./"), ".")
    return name if first == "." else swapped(name)


def swapped(name: str) -> str:
    """A name with dots as its path below /proc/sys, and such a path as the name."""
    return name.translate(str.maketrans("./", "/."))
