"""Configurations of PostgreSQL and Redis. Sources: postgresql.org, "Setting Parameters", "The pg_hba.conf File"; redis.io, "Redis configuration"."""

from __future__ import annotations

from dataclasses import dataclass

from garrison.scan.benchmarks.host import Host, Setting
from garrison.scan.benchmarks.readers.words import words

MOST_CLUSTERS = 64
MOST_DEPTH = 2
"""Files in files; few, since a file that includes itself often would be read that often for each of them."""
MOST_LINES = 50_000
_CLUSTERS = ("/etc/postgresql/*/*/postgresql.conf", "/var/lib/pgsql/data/postgresql.conf", "/var/lib/pgsql/*/data/postgresql.conf", "/var/lib/postgresql/data/postgresql.conf")  # fmt: skip
_REDIS = ("/etc/redis/redis.conf", "/etc/redis.conf", "/etc/redis/*.conf", "/etc/valkey/valkey.conf")


@dataclass(frozen=True, slots=True)
class Admission:
    """One line of pg_hba.conf."""

    kind: str
    """`local`, `host`, `hostssl`, `hostnossl` …"""
    database: str
    user: str
    address: str
    method: str
    place: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """One PostgreSQL cluster."""

    path: str
    settings: dict[str, Setting]
    admissions: tuple[Admission, ...]


def clusters(host: Host) -> tuple[Cluster, ...]:
    """Each cluster of the host."""
    paths = dict.fromkeys(path for pattern in _CLUSTERS for path in host.glob(pattern))
    found = []
    for path in list(paths)[:MOST_CLUSTERS]:
        said: dict[str, Setting] = {}
        _postgresql(host, path, said, 0)
        default = f"{path.rpartition('/')[0]}/pg_hba.conf"
        named = said["hba_file"].value if "hba_file" in said else default
        found.append(Cluster(path, said, _admissions(host, named if named.startswith("/") else default)))
    return tuple(found)


def _postgresql(host: Host, path: str, said: dict[str, Setting], depth: int) -> None:
    folder = path.rpartition("/")[0]
    for number, line in enumerate(host.lines(path) or (), 1):
        parts = words(line.replace("=", " ", 1))
        if len(parts) < 2:
            continue
        name, value = parts[0].lower(), " ".join(parts[1:])
        target = value if value.startswith("/") else f"{folder}/{value}"
        if name in ("include", "include_if_exists", "include_dir"):
            included = host.files(target, ".conf") if name == "include_dir" else [target]
            for one in included if depth < MOST_DEPTH else []:
                _postgresql(host, one, said, depth + 1)
        else:
            said[name] = Setting(value, f"{path}:{number}")


def _admissions(host: Host, path: str) -> tuple[Admission, ...]:
    found = []
    for number, line in enumerate((host.lines(path) or ())[:MOST_LINES], 1):
        parts = words(line)
        if len(parts) >= 4 and parts[0] == "local":
            found.append(Admission("local", parts[1], parts[2], "", parts[3], f"{path}:{number}"))
        elif len(parts) >= 5 and parts[0].startswith("host"):
            has_mask = (
                len(parts) >= 6 and parts[4].replace(".", "").replace(":", "").isalnum() and parts[4][0].isdigit()
            )
            found.append(
                Admission(parts[0], parts[1], parts[2], parts[3], parts[5 if has_mask else 4], f"{path}:{number}")
            )
    return tuple(found)


def redis(host: Host) -> dict[str, list[Setting]]:
    """Redis's or Valkey's directives, each with all of its lines; empty where there is none."""
    for path in dict.fromkeys(path for pattern in _REDIS for path in host.glob(pattern)):
        said: dict[str, list[Setting]] = {"": [Setting("", path)]}
        for number, line in enumerate(host.lines(path) or (), 1):
            parts = words(line) if not line.lstrip().startswith("#") else []
            if parts:
                said.setdefault(parts[0].lower(), []).append(Setting(" ".join(parts[1:]), f"{path}:{number}"))
        return said
    return {}
