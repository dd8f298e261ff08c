"""Bring a file from a listed place: not again while it is the same, and on from where it broke off.

Source: RFC 9110, sections 13 (conditional requests) and 14 (range requests).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import msgspec

from garrison import codec
from garrison.outgoing.client import Outgoing
from garrison.outgoing.failures import Refused, Unreachable

MOST_BYTES = 4 * 1024**3
"""Of one file; OSV's whole export is below 2 GiB."""
SECONDS = 3600.0
_ATTEMPTS = 3
_OK, _PARTIAL, _UNCHANGED, _NOT_SATISFIABLE = 200, 206, 304, 416
_RANGE = re.compile(r"bytes ([0-9]{1,15})-[0-9]+/(?:[0-9]+|\*)")


class _Validators(msgspec.Struct):
    """What tells one version of a file from another."""

    url: str = ""
    etag: str = ""
    last_modified: str = ""

    def condition(self) -> str:
        """For If-Range, which takes no weak one."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified


def download(outgoing: Outgoing, url: str, path: Path, *, most_bytes: int = MOST_BYTES) -> bool:
    """Bring a URL's file to a path, and whether it is another one than before.

    Raises `NotAllowed`, `Unreachable` where it broke off again and again, `Refused` for another answer than the file. What has come
    so far stays in `path` with `.part`, and is gone on from the next time.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for attempt in range(_ATTEMPTS):
        try:
            return _Download(outgoing, url, path, most_bytes).run()
        except Unreachable:
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("an attempt returns or raises")


class _Download:
    def __init__(self, outgoing: Outgoing, url: str, path: Path, most_bytes: int) -> None:
        self._outgoing = outgoing
        self._url = url
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._most_bytes = most_bytes

    def run(self) -> bool:
        have = self._kept(self._part)
        offset = self._part.stat().st_size if have.condition() and self._part.exists() else 0
        headers = {"Range": f"bytes={offset}-", "If-Range": have.condition()} if offset else self._unchanged_headers()
        opened: list[BinaryIO] = []
        try:
            answer = self._outgoing.send(
                self._url,
                method="GET",
                headers=headers,
                seconds=SECONDS,
                most_bytes=self._most_bytes,
                sink=lambda status, named: self._open(status, named, offset, opened),
            )
        finally:
            for file in opened:
                file.close()
        if answer.status == _UNCHANGED and not offset:
            return False
        if answer.status == _NOT_SATISFIABLE and offset:
            self._part.unlink(missing_ok=True)
            raise Unreachable(f"{self._url} has become another file meanwhile")
        if not opened:
            raise Refused(_refusal(self._url, answer.status, answer.headers))
        self._check(answer.headers, offset if answer.status == _PARTIAL else 0)
        self._part.replace(self._path)
        self._notes(self._part).replace(self._notes(self._path))
        return True

    def _unchanged_headers(self) -> dict[str, str]:
        held = self._kept(self._path)
        if not self._path.exists():
            return {}
        if held.etag:
            return {"If-None-Match": held.etag}
        return {"If-Modified-Since": held.last_modified} if held.last_modified else {}

    def _open(self, status: int, named: Mapping[str, str], offset: int, opened: list[BinaryIO]) -> BinaryIO | None:
        if status == _PARTIAL:
            found = _RANGE.fullmatch(named.get("content-range", ""))
            if not offset or found is None or int(found[1]) != offset:
                return None
            file = self._part.open("ab")
        elif status == _OK:
            validators = _Validators(self._url, named.get("etag", ""), named.get("last-modified", ""))
            self._notes(self._part).write_bytes(codec.encode(validators))
            file = self._part.open("wb")
        else:
            return None
        opened.append(file)
        return file

    def _check(self, named: Mapping[str, str], offset: int) -> None:
        size = self._part.stat().st_size
        if size > self._most_bytes:
            self._part.unlink()
            raise Refused(f"{self._url} is larger than {self._most_bytes:,} bytes")
        length = named.get("content-length", "")
        if length.isdigit() and size - offset < int(length):
            raise Unreachable(f"{self._url} broke off after {size:,} bytes")

    def _kept(self, path: Path) -> _Validators:
        try:
            found = msgspec.json.decode(self._notes(path).read_bytes(), type=_Validators)
        except (OSError, msgspec.DecodeError):
            return _Validators()
        return found if found.url == self._url else _Validators()

    def _notes(self, path: Path) -> Path:
        return path.with_name(path.name + ".json")


def _refusal(url: str, status: int, named: Mapping[str, str]) -> str:
    if 300 <= status < 400:
        return f"{url} leads on to {named.get('location', 'nowhere')[:200]}: name that address, none is followed"
    return f"{url} answered {status}"
