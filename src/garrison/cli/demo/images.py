"""Root file systems of hosts, made on the fly: old packages, careless settings, and one that is well kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Image:
    """A host as it lies on a disk."""

    name: str
    packages: Mapping[str, str]
    """Debian packages by `source/package`, with their versions."""
    sshd: str
    """Its sshd_config."""
    users: tuple[str, ...] = ()
    """Lines of /etc/passwd besides root's."""


_OLD = {
    "openssh/openssh-server": "1:9.2p1-2+deb12u2",
    "glibc/libc6": "2.36-9+deb12u1",
    "curl/curl": "7.88.1-10+deb12u1",
    "openssl/openssl": "3.0.9-1",
    "openssl/libssl3": "3.0.9-1",
    "sudo/sudo": "1.9.13p3-1+deb12u1",
    "bash/bash": "5.2.15-2+b2",
}
_NEW = {
    "openssh/openssh-server": "1:9.2p1-2+deb12u7",
    "glibc/libc6": "2.36-9+deb12u13",
    "curl/curl": "7.88.1-10+deb12u14",
    "openssl/openssl": "3.0.17-1~deb12u3",
    "openssl/libssl3": "3.0.17-1~deb12u3",
    "sudo/sudo": "1.9.13p3-1+deb12u2",
    "bash/bash": "5.2.15-2+b8",
}
_CARELESS = "PermitRootLogin yes\nPasswordAuthentication yes\nPermitEmptyPasswords yes\nX11Forwarding yes\n"
_CAREFUL = "PermitRootLogin no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nX11Forwarding no\n"

CARELESS = Image("shop-web-1", _OLD, _CARELESS, ("deploy:x:0:0:left over:/root:/bin/bash",))
"""Whose sshd lets root in with a password."""
IMAGES = (
    CARELESS,
    Image("shop-db-1", _NEW | {"sudo/sudo": "1.9.13p3-1+deb12u1"}, _CAREFUL),
    Image("shop-build-1", _OLD | {"openssh/openssh-server": "1:9.2p1-2+deb12u7"}, _CAREFUL),
)


def write(image: Image, folder: Path) -> None:
    """Write a host's root file system into an empty folder."""
    files = {
        "etc/os-release": 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
        "etc/hostname": f"{image.name}\n",
        "etc/passwd": "\n".join(["root:x:0:0:root:/root:/bin/bash", *image.users, ""]),
        "etc/ssh/sshd_config": image.sshd,
        "usr/sbin/sshd": "",
        "var/lib/dpkg/status": "".join(_package(name, version) for name, version in image.packages.items()),
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _package(name: str, version: str) -> str:
    source, _, package = name.partition("/")
    return (
        f"Package: {package}\nStatus: install ok installed\nArchitecture: amd64\nSource: {source}\n"
        f"Version: {version}\nMaintainer: Debian\nDescription: {package}\n\n"
    )
