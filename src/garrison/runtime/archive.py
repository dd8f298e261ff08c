"""The backup file: one tar of plain private files, and last of all a manifest with the SHA-256 of each."""

from __future__ import annotations

import hashlib
import io
import os
import re
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import msgspec

from garrison.errors import OperatorError

FORMAT = 1
"""Version of the archive; another is refused."""
MANIFEST = "manifest.json"
STORE = "store.sqlite"
"""The store's snapshot, a SQLite file whatever the database."""

_MAX_MANIFEST_BYTES = 64 * 1024 * 1024
_CHUNK_BYTES = 1024 * 1024
_NAME = re.compile(
    r"VERSION|garrison\.toml|root\.key|credentials|root-credentials|node|clock|recent\.db|store\.sqlite|manifest\.json"
    r"|tls/(certificate|key)\.pem"
    r"|[a-z0-9-]{1,32}/[a-z0-9-]{1,32}\.db"
    r"|[a-z0-9-]{1,32}/bytes/[0-9a-f]{2}/[0-9a-f]{32}"
    r"|lake/kept(-waf)?/(contents\.json|[0-9a-f-]{36}\.parquet)|lake/set-aside/[0-9a-f]{64}\.jsonl"
    r"|hsm/(tokens|backups)/[A-Za-z0-9-]{1,64}/([0-9a-f-]{36}\.object|token\.object|generation)"
    r"|offsets/[a-z0-9-]{1,63}\.offset"
    r"|journal/(end|[0-9]{20}\.journal(\.[0-9]{1,20}\.torn)?)"
    r"|spool/[A-Za-z0-9_-]{1,64}\.[0-9]{12}\.[0-9a-f]{16}\.spool(\.[0-9]{1,20}\.damaged)?"
)
"""Every name that a backup may hold: what is not one of these is never written anywhere."""


class Fingerprint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a file of the archive must be."""

    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a backup says of itself; without it an archive is no whole backup."""

    format: int
    garrison: str
    """Version of the Garrison that wrote it."""
    layout: str
    """Version of the home's layout."""
    account_id: str
    region: str
    taken_at: str
    """The moment whose state it holds, ISO 8601, UTC."""
    journal_position: int
    """Position of the last event in its journal."""
    has_secrets: bool
    """Whether the root key and the credentials are in it."""
    files: dict[str, Fingerprint]


def may_hold(name: str) -> bool:
    """Whether a backup may hold a file of this name."""
    return _NAME.fullmatch(name) is not None


class ArchiveWriter:
    """Writes a backup file, member by member."""

    def __init__(self, file: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - `finish` closes it
        self.files: dict[str, Fingerprint] = {}

    def add(self, name: str, source: IO[bytes], size: int) -> None:
        """Add the first `size` bytes of a source."""
        if not _NAME.fullmatch(name) or name in self.files:
            raise ValueError(f"{name} has no place in a backup")
        reader = _Hashing(source)
        self._tar.addfile(_member(name, size), reader)
        self.files[name] = Fingerprint(size, reader.hexdigest())

    def add_path(self, name: str, path: Path) -> None:
        """Add a whole file."""
        with path.open("rb") as file:
            self.add(name, file, os.fstat(file.fileno()).st_size)

    def finish(self, manifest: Manifest) -> None:
        """Add the manifest and end the archive."""
        content = msgspec.json.format(msgspec.json.encode(manifest))
        self._tar.addfile(_member(MANIFEST, len(content)), io.BytesIO(content))
        self._tar.close()


def read_archive(path: Path, write: Callable[[str, Iterator[bytes]], None]) -> Manifest:
    """Hand each file's bytes to `write`, then compare all with the manifest; raises `OperatorError`.

    Nothing that was written may be used before this returns.
    """
    found: dict[str, Fingerprint] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(path, "r:") as tar:
            for member in tar:
                _check_member(member, path, found)
                if manifest is not None:
                    raise _spoilt(path, "something follows its manifest")
                source = tar.extractfile(member)
                assert source is not None
                if member.name == MANIFEST:
                    manifest = _manifest(source.read(_MAX_MANIFEST_BYTES), path)
                else:
                    reader = _Hashing(source)
                    write(member.name, iter(lambda reader=reader: reader.read(_CHUNK_BYTES), b""))  # type: ignore[misc]
                    found[member.name] = Fingerprint(reader.count, reader.hexdigest())
    except (tarfile.TarError, EOFError, UnicodeError) as error:
        raise _spoilt(path, f"it is not a whole tar archive ({error})") from None
    if manifest is None:
        raise _spoilt(path, "its manifest is missing")
    differing = sorted(name for name in found.keys() | manifest.files if found.get(name) != manifest.files.get(name))
    if differing:
        raise _spoilt(path, f"{differing[0]} is not what its manifest says")
    return manifest


def _check_member(member: tarfile.TarInfo, path: Path, found: dict[str, Fingerprint]) -> None:
    if not member.isreg() or member.issparse() or not _NAME.fullmatch(member.name) or member.name in found:
        raise _spoilt(path, f"it holds {member.name[:100]!r}, which no backup has")


def _manifest(content: bytes, path: Path) -> Manifest:
    try:
        version = msgspec.json.decode(content, type=dict[str, object]).get("format")
        if version != FORMAT:
            raise OperatorError(
                f"{path} is a backup of format {version}; this Garrison reads format {FORMAT}.",
                "Nothing was changed. Restore it with the Garrison that wrote it, then upgrade.",
            )
        return msgspec.json.decode(content, type=Manifest)
    except msgspec.DecodeError as error:
        raise _spoilt(path, f"its manifest cannot be read ({error})") from None


def _spoilt(path: Path, why: str) -> OperatorError:
    return OperatorError(f"{path} is not a sound backup: {why}.", "Nothing was changed. Take another backup.")


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size = size
    member.mode = 0o600
    return member


class _Hashing:
    """Reads from a source and hashes what it reads."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._hash = hashlib.sha256()
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        data = self._source.read(size)
        self._hash.update(data)
        self.count += len(data)
        return data

    def hexdigest(self) -> str:
        """The hash of what was read so far."""
        return self._hash.hexdigest()
