"""Take a log file apart: inflate it within limits, find its records whatever the layout, and say why it is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from garrison.lake.failures import Refused

LARGEST_FILE_BYTES = 128 * 1024 * 1024
"""Largest log file, inflated; CloudTrail's own end at about 50 MB."""

_GZIP_MAGIC = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_STEP_BYTES = 4 * 1024 * 1024


class Bad(NamedTuple):
    """A text that stands where a record should, and what is wrong with it."""

    text: bytes
    reason: str


class _Document(msgspec.Struct):
    records: list[msgspec.Raw] | msgspec.UnsetType | None = msgspec.field(name="Records", default=msgspec.UNSET)
    version: str | msgspec.UnsetType = msgspec.field(name="eventVersion", default=msgspec.UNSET)
    log_files: Any = msgspec.field(name="logFiles", default=msgspec.UNSET)
    events: Any = msgspec.field(name="Events", default=msgspec.UNSET)


_decode_document = msgspec.json.Decoder(_Document).decode
_decode_list = msgspec.json.Decoder(list[msgspec.Raw]).decode


def inflate(data: bytes) -> bytes:
    """A file's content, gzip or not; raises `Refused`."""
    if not data.startswith(_GZIP_MAGIC):
        if len(data) > LARGEST_FILE_BYTES:
            raise Refused(f"larger than {LARGEST_FILE_BYTES // 1024**2} MiB")
        return data
    from isal import isal_zlib
    from isal.igzip_lib import IsalError

    pieces: list[bytes] = []
    total = 0
    while data:
        if not data.startswith(_GZIP_MAGIC):
            if data.strip(b"\0"):
                raise Refused("something that is not gzip follows the gzip data")
            break
        stream = isal_zlib.decompressobj(wbits=31)
        rest = data
        while not stream.eof:
            try:
                piece = stream.decompress(rest, _STEP_BYTES)
            except IsalError as error:  # type: ignore[misc]  # its stub says that it is an object
                raise Refused(f"damaged gzip: {error}") from None
            total += len(piece)
            if total > LARGEST_FILE_BYTES:
                raise Refused(f"inflates to more than {LARGEST_FILE_BYTES // 1024**2} MiB")
            pieces.append(piece)
            rest = stream.unconsumed_tail
            if not piece and not rest and not stream.eof:
                raise Refused("truncated gzip: it ends before its end mark")
        data = stream.unused_data
    return b"".join(pieces) if len(pieces) != 1 else pieces[0]


def fingerprint(content: bytes) -> str:
    """The identity of a file: the SHA-256 of its content, as CloudTrail's digests give it."""
    return hashlib.sha256(content).hexdigest()


def is_digest(content: bytes) -> bool:
    """Whether this is a digest file of CloudTrail's, and no log file."""
    try:
        return _decode_document(content).log_files is not msgspec.UNSET
    except (msgspec.DecodeError, RecursionError):
        return False


def texts_of(content: bytes) -> Iterator[msgspec.Raw | Bad]:
    """The texts of a file's records: `{"Records": […]}`, an array, one record, or lines of these; raises `Refused`."""
    content = content.removeprefix(_BOM)
    start = content[:64].lstrip()[:1]
    if not start:
        if content.strip():
            raise Refused("not JSON")
        raise Refused("empty")
    if start not in (b"{", b"["):
        raise Refused("not JSON: it begins neither with { nor with [")
    try:
        return iter(_whole(content))
    except msgspec.ValidationError as error:
        raise Refused(f"foreign JSON: {error}") from None
    except msgspec.DecodeError as error:
        if b"\n" not in content.strip() or "truncated" in str(error):
            raise Refused(f"damaged JSON: {error}") from None
    except UnicodeDecodeError:
        raise Refused("not UTF-8") from None
    except RecursionError:
        raise Refused("JSON that is nested too deeply") from None
    return _lines(content)


def _whole(content: bytes) -> list[msgspec.Raw]:
    """The records of one JSON document."""
    if content[:64].lstrip()[:1] == b"[":
        return _decode_list(content)
    document = _decode_document(content)
    if isinstance(document.records, list):
        return document.records
    if document.records is None:
        return []
    if document.version is not msgspec.UNSET:
        return [msgspec.Raw(content.strip())]
    raise Refused('foreign JSON: it has no "Records" and is no record')


def _lines(content: bytes) -> Iterator[msgspec.Raw | Bad]:
    """The records of JSON lines; a file without a single one is refused before it gives any."""
    lines = (line for line in content.splitlines() if line.strip())
    first = next(lines)
    try:
        found: list[msgspec.Raw | Bad] = list(_whole(first))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, Refused) as error:
        reason = str(error) if isinstance(error, Refused) else f"neither a JSON document nor JSON lines: {error}"
        raise Refused(reason) from None

    def rest() -> Iterator[msgspec.Raw | Bad]:
        yield from found
        for line in lines:
            try:
                yield from _whole(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                yield Bad(line, f"not JSON: {error}")
            except Refused as error:
                yield Bad(line, str(error))

    return rest()
