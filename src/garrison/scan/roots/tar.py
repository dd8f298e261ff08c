"""The headers of a tar archive, with limits that Python's own reader has not: what describes one entry may be a gigabyte there.

Source: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Header Block"; GNU tar's manual, "Basic Tar Format".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from garrison.scan.roots.extent import Extent
from garrison.scan.roots.root import Kind

BLOCK_BYTES = 512
MOST_EXTENDED_BYTES = 1024 * 1024
"""Of the header before a header that has a long name or pax's records."""
_FOLLOWS = b"xgLK"
_KINDS = {
    b"0": Kind.FILE,
    b"\0": Kind.FILE,
    b"7": Kind.FILE,
    b"1": Kind.FILE,
    b"2": Kind.LINK,
    b"5": Kind.FOLDER,
}


class BrokenTar(ValueError):
    """Bytes that are no tar archive, or not a whole one."""


@dataclass(frozen=True, slots=True)
class Member:
    """One entry."""

    path: str
    """As it is written; anything may stand in it."""
    kind: Kind
    mode: int
    uid: int
    gid: int
    size: int
    modified_at: float
    target: str
    """Of a link, symbolic or hard."""
    is_hard_link: bool
    is_sparse: bool
    offset: int
    """Of its bytes in the archive."""


def members(archive: Extent) -> Iterator[Member]:
    """The entries in their order; raises `BrokenTar`."""
    place = 0
    said: dict[str, str] = {}
    while True:
        block = archive.read(BLOCK_BYTES, place)
        if not block.strip(b"\0"):
            return
        if len(block) < BLOCK_BYTES or not _is_header(block):
            raise BrokenTar("a header that is none")
        kind, size = block[156:157], _number(block[124:136])
        start = place + BLOCK_BYTES
        if kind in _FOLLOWS and kind:
            if size > MOST_EXTENDED_BYTES:
                raise BrokenTar(f"a header larger than {MOST_EXTENDED_BYTES} bytes")
            if kind != b"g":
                said |= _extended(kind, archive.read(size, start))
        else:
            size = _decimal(said.get("size"), size)
            has_bytes = kind not in (b"1", b"2", b"3", b"4", b"5", b"6")
            if has_bytes and start + size > archive.size:
                raise BrokenTar("an entry that is cut off")
            yield _member(block, kind, size if has_bytes else 0, start, said)
            size = size if has_bytes else 0
            said = {}
        place = start + -(-size // BLOCK_BYTES) * BLOCK_BYTES


def _member(block: bytes, kind: bytes, size: int, offset: int, said: dict[str, str]) -> Member:
    name, prefix = _text(block[:100]), _text(block[345:500]) if block[257:263] == b"ustar\0" else ""
    path = said.get("path", f"{prefix}/{name}" if prefix else name)
    is_folder = kind in (b"0", b"\0") and path.endswith("/")
    sparse = kind == b"S" or any(key.startswith("GNU.sparse") for key in said)
    return Member(
        path=said.get("GNU.sparse.name", path),
        kind=Kind.FOLDER if is_folder else Kind.FILE if sparse else _KINDS.get(kind, Kind.OTHER),
        mode=_number(block[100:108]) & 0o7777,
        uid=_decimal(said.get("uid"), _number(block[108:116])),
        gid=_decimal(said.get("gid"), _number(block[116:124])),
        size=size,
        modified_at=float(_number(block[136:148])),
        target=said.get("linkpath", _text(block[157:257])),
        is_hard_link=kind == b"1",
        is_sparse=sparse,
        offset=offset,
    )


def _extended(kind: bytes, found: bytes) -> dict[str, str]:
    """What a header before a header says: GNU's long name or link, or pax's records `LENGTH KEY=VALUE\\n`."""
    if kind in b"LK":
        return {"path" if kind == b"L" else "linkpath": _text(found)}
    said = {}
    while found:
        length, blank, _ = found.partition(b" ")
        if not blank or not length.isdigit() or len(length) > 7 or not len(length) + 1 < int(length) <= len(found):
            break
        key, equals, value = found[len(length) + 1 : int(length) - 1].partition(b"=")
        if equals:
            said[_text(key)] = value.decode("utf-8", "surrogateescape")
        found = found[int(length) :]
    return said


def _is_header(block: bytes) -> bool:
    """Whether the sum of its bytes is what it says, its own field counted as blanks."""
    total = sum(block[:148]) + 8 * 0x20 + sum(block[156:])
    return _number(block[148:156]) == total


def _number(field: bytes) -> int:
    """Octal digits, or GNU's base 256 where the first bit is set; 0 where it is neither."""
    if field[0] & 0x80:
        return 0 if field[0] & 0x40 else int.from_bytes(bytes([field[0] & 0x3F]) + field[1:], "big")
    digits = field.split(b"\0")[0].strip()
    return int(digits, 8) if digits and not digits.strip(b"01234567") else 0


def _decimal(said: str | None, otherwise: int) -> int:
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 16 else otherwise


def _text(field: bytes) -> str:
    return field.split(b"\0")[0].decode("utf-8", "surrogateescape")
