"""Kernel settings: as they are on the running system, and as its files set them at boot. Source: sysctl.d(5), systemd-sysctl(8)."""

from __future__ import annotations

from collections.abc import Iterable

from garrison.scan.inventory.files import RootFiles
from garrison.scan.roots import Root
from garrison.scan.roots.root import text
from garrison.scan.syntax import sysctl as syntax

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
    """What the files set, by the name that sysctl writes."""
    return {name: said.value for name, said in syntax.configured(RootFiles(root)).values.items()}


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
        if "*" not in name and (said := text(root, f"/proc/sys/{syntax.swapped(name)}", most=MOST_BYTES)) is not None:
            found[name] = " ".join(said.split())
    return found
