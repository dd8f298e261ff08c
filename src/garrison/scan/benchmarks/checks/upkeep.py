"""What keeps a host sound: updates that are signed and come, a clock that is right, a firewall, mandatory access control."""

from __future__ import annotations

import re

from garrison.scan.benchmarks.applicability import has_kernel
from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, fails, not_applicable, passes
from garrison.scan.benchmarks.readers.settings import assigned
from garrison.scan.benchmarks.readers.units import units

_PERIODIC = re.compile(r'\s*APT::Periodic::Unattended-Upgrade\s+"([^"]*)"\s*;')
_UNSIGNED = re.compile(r"AllowUnauthenticated|AllowInsecureRepositories|AllowDowngradeToInsecureRepositories")
_CLOCKS = (
    "chrony.service",
    "chronyd.service",
    "ntp.service",
    "ntpd.service",
    "ntpsec.service",
    "systemd-timesyncd.service",
    "openntpd.service",
)
_FIREWALLS = ("nftables.service", "firewalld.service", "netfilter-persistent.service", "iptables.service")


@kind("automatic_updates")
def automatic_updates(host: Host, _arguments: Arguments) -> Outcome:
    """Fails where nothing installs security updates by itself: unattended-upgrades, dnf-automatic. No arguments."""
    if host.is_image():
        return not_applicable("an image is built again instead")
    for path in host.files("/etc/apt/apt.conf.d", ""):
        for number, line in enumerate(host.lines(path) or (), 1):
            match = _PERIODIC.match(line[:2_048])
            if match is not None and match[1] not in ("", "0") and host.package("unattended-upgrades") is not None:
                return passes(f"{path}:{number}: APT::Periodic::Unattended-Upgrade {match[1]}")
    found = host.once(units)
    for timer in ("dnf-automatic.timer", "dnf-automatic-install.timer", "dnf5-automatic.timer"):
        if found.is_enabled(timer):
            return passes(f"{found.enabled[timer]}: {timer}")
    return fails("neither unattended-upgrades nor dnf-automatic is set up")


@kind("signed_packages")
def signed_packages(host: Host, _arguments: Arguments) -> Outcome:
    """Fails where packages are taken without a signature: apt's options and `trusted=yes`, `gpgcheck=0` of yum and dnf. No arguments."""
    for path in ["/etc/apt/apt.conf", *host.files("/etc/apt/apt.conf.d", "")]:
        for number, line in enumerate(host.lines(path) or (), 1):
            text = line.split("//")[0].split("#")[0]
            if _UNSIGNED.search(text[:2_048]) and '"false"' not in text and '"0"' not in text and '"no"' not in text:
                return fails(f"{path}:{number}: {text.strip()}")
    for path in [
        "/etc/apt/sources.list",
        *host.files("/etc/apt/sources.list.d", ".list"),
        *host.files("/etc/apt/sources.list.d", ".sources"),
    ]:
        for number, line in enumerate(host.lines(path) or (), 1):
            if not line.lstrip().startswith("#") and "trusted=yes" in line.replace(" ", "").replace(
                "Trusted:yes", "trusted=yes"
            ):
                return fails(f"{path}:{number}: {line.strip()[:200]}")
    repositories = ["/etc/yum.conf", "/etc/dnf/dnf.conf", *host.files("/etc/yum.repos.d", ".repo")]
    for path in repositories:
        said = assigned(host, [path]).get("gpgcheck")
        if said is not None and said.value.lower() in ("0", "no", "false", "off"):
            return fails(f"{said.place}: gpgcheck={said.value}")
    return passes("packages need a signature")


@kind("clock_is_set")
def clock_is_set(host: Host, _arguments: Arguments) -> Outcome:
    """Fails where no service sets the clock at boot. No arguments."""
    return _one_of(host, _CLOCKS, "no service sets the clock (chrony, ntp, systemd-timesyncd)")


@kind("firewall")
def firewall(host: Host, _arguments: Arguments) -> Outcome:
    """Fails where no firewall is started at boot: nftables, firewalld, ufw, saved iptables rules. No arguments."""
    ufw = assigned(host, ["/etc/ufw/ufw.conf"]).get("ENABLED")
    if ufw is not None and ufw.value.lower() == "yes":
        return passes(f"{ufw.place}: ENABLED=yes")
    return _one_of(host, _FIREWALLS, "no firewall is started at boot")


def _one_of(host: Host, names: tuple[str, ...], otherwise: str) -> Outcome:
    if not has_kernel(host):
        return not_applicable("it has no kernel of its own")
    found = host.once(units)
    enabled = next((name for name in names if found.is_enabled(name)), None)
    return passes(f"{found.enabled[enabled]}: {enabled}") if enabled is not None else fails(otherwise)


@kind("mandatory_access")
def mandatory_access(host: Host, _arguments: Arguments) -> Outcome:
    """Fails where neither SELinux enforces nor AppArmor is started. No arguments."""
    if not has_kernel(host):
        return not_applicable("it has no kernel of its own")
    said = assigned(host, ["/etc/selinux/config"]).get("SELINUX")
    if said is not None and said.value.lower() == "enforcing":
        return passes(f"{said.place}: SELINUX=enforcing")
    found = host.once(units)
    if found.is_enabled("apparmor.service"):
        return passes(f"{found.enabled['apparmor.service']}: apparmor.service")
    return fails(
        f"{said.place}: SELINUX={said.value}" if said is not None else "neither AppArmor nor SELinux is in force"
    )
