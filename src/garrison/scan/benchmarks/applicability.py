"""Where a rule applies: ComplianceAsCode's platform expressions, `system_with_kernel and not package[ufw]`.

`not` binds before `and`, `and` before `or`; there are no parentheses in them. A name that nobody knows makes the verdict unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from garrison.scan.benchmarks.equivalents import equivalents
from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.outcome import BadRule, Unreadable
from garrison.scan.benchmarks.readers import mounts, units
from garrison.scan.benchmarks.versions import compare

_PARAMETER = re.compile(r"([a-z_]+)\[([^\]]+)\](?:(<=|>=|==|<|>)(\S+))?")
_ARCHITECTURES = {
    "x86_64": {"amd64", "x86_64"},
    "aarch64": {"arm64", "aarch64"},
    "ppc64le": {"ppc64el", "ppc64le"},
    "s390x": {"s390x"},
}


def applies(host: Host, platforms: tuple[str, ...]) -> bool:
    """Whether any of the platforms is this host; true where there are none."""
    return not platforms or any(_any_of(host, platform) for platform in platforms)


def _any_of(host: Host, expression: str) -> bool:
    return any(all(_term(host, term.strip()) for term in part.split(" and ")) for part in expression.split(" or "))


def _term(host: Host, term: str) -> bool:
    if term.startswith("not "):
        return not _term(host, term[4:].strip())
    parameter = _PARAMETER.fullmatch(term)
    if parameter is not None and parameter[1] in _WITH_PARAMETER:
        return _WITH_PARAMETER[parameter[1]](host, parameter[2], parameter[3] or "", parameter[4] or "")
    if term.startswith("not_") and term.endswith("_arch"):
        return not _term(host, term[4:])
    if term.endswith("_arch"):
        return _is_architecture(host, term.removesuffix("_arch"))
    if term not in _PLAIN:
        raise BadRule(f"platform {term} is not known")
    return _PLAIN[term](host)


def _is_architecture(host: Host, name: str) -> bool:
    if not host.inventory.platform.architecture:
        raise Unreadable("the architecture is not known")
    return host.inventory.platform.architecture in _ARCHITECTURES.get(name, {name})


def has_kernel(host: Host) -> bool:
    """Whether it boots a kernel of its own: one is installed, or it runs and is no container."""
    if host.is_image():
        return False
    return (
        host.is_live
        or bool(host.inventory.platform.kernels)
        or any(name.startswith(_KERNELS) for name in host.packages)
    )


_KERNELS = ("linux-image-", "kernel-core", "kernel-rt-core", "kernel-uek")


def _package(host: Host, name: str, operator: str, version: str) -> bool:
    package = host.package(*equivalents(name))
    if package is None:
        return False
    return not operator or compare(package.version, operator, version)


def _mount(host: Host, name: str, _operator: str, _version: str) -> bool:
    point = "/" + name.replace("-", "/").removeprefix("/")
    return bool(host.once(mounts.mounts).at(point))


def _disabled(host: Host, name: str, _operator: str, _version: str) -> bool:
    return not host.once(units.units).is_enabled(f"{name}.service")


def _platform(host: Host, name: str, operator: str, version: str) -> bool:
    platform = host.inventory.platform
    if name not in (platform.id, *platform.like):
        return False
    return not operator or compare(platform.version, operator, version)


_WITH_PARAMETER: dict[str, Callable[[Host, str, str, str], bool]] = {
    "package": _package,
    "mount": _mount,
    "service_disabled": _disabled,
    "os_linux": _platform,
}
_PLAIN: dict[str, Callable[[Host], bool]] = {
    "machine": lambda host: not host.is_image(),
    "container": lambda host: host.is_image(),
    "system_with_kernel": has_kernel,
    "grub2": lambda host: (
        has_kernel(host) and host.package("grub2-common", "grub2-tools", "grub2-tools-minimal") is not None
    ),
    "bootc": lambda host: host.is_there("/usr/bin/bootc") and host.is_there("/ostree"),
    "osbuild": lambda _host: False,
    "rhcos4-rhel9": lambda host: host.inventory.platform.id == "rhcos",
    "non-uefi": lambda host: not host.is_there("/boot/efi/EFI"),
    "uefi": lambda host: host.is_there("/boot/efi/EFI"),
    "sssd-ldap": lambda host: any("ldap" in line for path in _sssd(host) for line in host.lines(path) or ()),
    "wifi-iface": lambda host: (
        host.is_live and any(host.is_there(f"/sys/class/net/{one}/wireless") for one in host.names("/sys/class/net"))
    ),
    "nfs_mount_defined": lambda host: any(mount.kind.startswith("nfs") for mount in host.once(mounts.mounts).all),
    "debian_family": lambda host: bool(
        {"debian", "ubuntu"} & {host.inventory.platform.id, *host.inventory.platform.like}
    ),
    "rhel_family": lambda host: bool(
        {"rhel", "fedora", "centos"} & {host.inventory.platform.id, *host.inventory.platform.like}
    ),
}


def _sssd(host: Host) -> list[str]:
    return ["/etc/sssd/sssd.conf", *host.files("/etc/sssd/conf.d", ".conf")]
