"""The facts about a host, as values: what inventories are made of, sent as and kept as."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """The distribution and the kernel. Source: os-release(5)."""

    id: str
    """`debian`, `ubuntu`, `almalinux` …; empty where nothing tells."""
    version: str
    """VERSION_ID: `12`, `22.04`."""
    name: str
    """PRETTY_NAME, for people."""
    codename: str = ""
    like: tuple[str, ...] = ()
    """ID_LIKE."""
    architecture: str = ""
    """As the distribution's packages write it: `amd64`, `x86_64`."""
    kernel: str = ""
    """`uname -r` of the running one; empty for a root that does not run."""
    kernels: tuple[str, ...] = ()
    """The releases installed (/lib/modules)."""
    end_of_life: str = ""
    """The last day of its maker's free security support, `2028-06-30`; empty where unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One installed package, of the system or of a language. Source: the package-url specification."""

    purl: str
    """`pkg:deb/debian/openssl@3.0.11-1~deb12u2?arch=amd64&distro=debian-12`."""
    ecosystem: str
    """`deb`, `rpm`, `apk`, `pypi`, `npm`, `gem`, `golang`, `maven`: the purl's type."""
    name: str
    version: str
    """As the package manager writes it, with epoch and release."""
    architecture: str = ""
    source: str = ""
    """The source package's name; its own where it has no other."""
    source_version: str = ""
    path: str = ""
    """What told of it: the package database or the language's metadata file."""
    digest: str = ""
    """SHA-256 of the archive where there is one (jars); lower-case hex."""
    licences: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    """Programs and libraries that belong to it, where known: ties a process to its package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """A socket that waits for others."""

    protocol: str
    """`tcp`, `udp`."""
    address: str
    port: int
    process: str = ""
    """The program's path; empty where it could not be seen."""
    pid: int = 0
    user: str = ""
    package: str = ""
    """purl of the package that the program belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One line of the user database, and what concerns its password."""

    name: str
    uid: int
    gid: int
    home: str
    shell: str
    groups: tuple[str, ...] = ()
    password: str = "unknown"  # noqa: S105 - what is known of it
    """`set`, `locked`, `empty`, `unknown` (the shadow file could not be read). The hash is never taken."""
    keys: int = 0
    """Public keys that may sign in by SSH."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A unit of the init system."""

    name: str
    state: str
    """`enabled`, `disabled`, `masked`, `static`."""
    is_running: bool | None = None
    """None where it cannot be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """Everything that was seen of one root."""

    host: str
    """Its host name, or the image's."""
    platform: Platform
    packages: tuple[Package, ...] = ()
    listeners: tuple[Listener, ...] = ()
    users: tuple[User, ...] = ()
    services: tuple[Service, ...] = ()
    settings: dict[str, dict[str, str]] = field(default_factory=dict)
    """By area: `sysctl`, `sshd` (the effective configuration, lower-case keywords), `sudo`, `mounts`, `pam`, `login.defs` …"""
    machine: str = ""
    """machine-id(5)."""
    instance: str = ""
    """`i-…` where the metadata service or cloud-init's own files tell."""
    image: str = ""
    """An image's digest, `sha256:…`."""
