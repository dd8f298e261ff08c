"""The lists of addresses that the operator supplies: text files of a folder, for the managed rule groups that follow lists.

`ip-reputation.txt`, `reconnaissance.txt`, `ddos.txt`, `anonymous.txt` and `hosting.txt`: one network in CIDR notation or one address a line, `#`
before comments. A rule whose list is not there matches nothing, and `garrison waf lists` says so.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import stat
from dataclasses import dataclass
from pathlib import Path

import msgspec

from garrison.adapters.sources import Source
from garrison.logs import get_logger
from garrison.waf import bundle as bundles
from garrison.waf.managed import LIST_PREFIX

log = get_logger("garrison.waf")

NAMES = ("ip-reputation", "reconnaissance", "ddos", "anonymous", "hosting")
MOST_BYTES = 64 << 20
"""Of a file; a larger one is not read."""
MOST_NETWORKS = 1_000_000
"""Of a file; what follows is left out, and said."""

Seen = tuple[int, int, int]


@dataclass(frozen=True)
class AddressList:
    """A list as it stands in its file."""

    name: str
    path: Path
    networks: tuple[str, ...] = ()
    modified_at: float | None = None
    """Seconds since 1970; None where there is no file that can be read."""
    problem: str = ""
    """What was wrong with the file or with its lines; empty for nothing."""


def read_lists(folder: Path) -> tuple[AddressList, ...]:
    """All lists that rules know, be their files there or not. Raises nothing: what cannot be read says why."""
    return tuple(_read(name, folder / f"{name}.txt") for name in NAMES)


def parse(text: str) -> tuple[tuple[str, ...], str]:
    """The networks of a list's text, and what was wrong with it: lines that are none are left out."""
    networks: list[str] = []
    wrong: list[int] = []
    for number, line in enumerate(text.splitlines(), 1):
        entry = line.partition("#")[0].strip()
        if not entry:
            continue
        if len(networks) == MOST_NETWORKS:
            return tuple(networks), f"only the first {MOST_NETWORKS:,} networks are taken"
        try:
            networks.append(str(ipaddress.ip_network(entry, strict=False)))
        except ValueError:
            wrong.append(number)
    shown = ", ".join(map(str, wrong[:5])) + (" …" if len(wrong) > 5 else "")
    return tuple(networks), f"no network in line {shown}" if wrong else ""


def _read(name: str, path: Path) -> AddressList:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return AddressList(name, path, problem="there is no such file: its rule matches nothing")
    except OSError as error:
        return AddressList(name, path, problem=f"it cannot be read: {error.strerror}")
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_size > MOST_BYTES:
            return AddressList(name, path, problem=f"it is no file of at most {MOST_BYTES >> 20} MiB")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            networks, problem = parse(file.read(MOST_BYTES).decode("utf-8", "replace"))
    finally:
        os.close(descriptor)
    return AddressList(name, path, networks, found.st_mtime, problem)


class ListedSource:
    """A source of bundles that puts the lists into them: when a list changes, so does the bundle."""

    def __init__(self, source: Source, folder: Path) -> None:
        self._source = source
        self._folder = folder
        self._seen: tuple[Seen | None, ...] = ()
        self._digests = ("", "")
        """Of the bundle as the source gives it, and with the lists."""
        self.name = source.name
        self.is_near = source.is_near

    def fetch(self, known: str) -> bytes | None:
        """See `Source.fetch`."""
        seen = tuple(_stand(self._folder / f"{name}.txt") for name in NAMES)
        is_known = bool(known) and known == self._digests[1] and seen == self._seen
        data = self._source.fetch(self._digests[0] if is_known else "")
        if data is None:
            return None
        merged = self._merged(bundles.decode(data))
        self._seen = seen
        return bundles.encode(merged)

    def forget(self) -> None:
        """See `Source.forget`."""
        self._source.forget()

    def _merged(self, bundle: bundles.Bundle) -> bundles.Bundle:
        lists = read_lists(self._folder)
        for each in lists:
            if each.problem:
                log.warning("waf_list", list=each.name, path=str(each.path), problem=each.problem)
        sets = {LIST_PREFIX + each.name: each.networks for each in lists}
        digest = hashlib.sha256(msgspec.json.encode([bundle.digest, sets])).hexdigest()
        self._digests = (bundle.digest, digest)
        return msgspec.structs.replace(bundle, ip_sets=bundle.ip_sets | sets, digest=digest)


def _stand(path: Path) -> Seen | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
