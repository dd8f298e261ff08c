"""The header of an RPM package as its database keeps it: an index of tags and one store of data.

Every number in it is checked before it is used, since the database may be anybody's. Source: rpm.org, "RPM v4 header format",
and rpmtag.h for the tags.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

MOST_BYTES = 64 * 1024 * 1024
"""Of one header; rpm itself allows 256 MiB, kernels with all their files take two."""
MOST_TAGS = 0xFFFF
"""As rpm's own check of an index's length."""
_NAME, _VERSION, _RELEASE, _EPOCH, _LICENCE, _ARCHITECTURE, _SOURCE = 1000, 1001, 1002, 1003, 1014, 1022, 1044
_FOLDER_NUMBERS, _BASE_NAMES, _FOLDERS, _MODULARITY = 1116, 1117, 1118, 5096
_INT32, _STRING, _STRINGS, _TRANSLATED = 4, 6, 8, 9


class Broken(ValueError):
    """Bytes that are no header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What an inventory asks of a package."""

    name: str
    version: str
    release: str
    epoch: int | None = None
    architecture: str = ""
    source: str = ""
    """The source package's file: `openssl-3.0.7-1.el9.src.rpm`."""
    licence: str = ""
    module: str = ""
    """The module's label where it is of one: `nodejs:18:…`."""
    files: tuple[str, ...] = field(default=(), repr=False)


def header(blob: bytes, *, with_files: bool = False) -> Header:
    """Read one; raises `Broken`."""
    index, store = _parts(blob)
    name, version, release = (_text(index, store, tag) for tag in (_NAME, _VERSION, _RELEASE))
    if not name or not version:
        raise Broken("a header without name or version")
    epochs = _numbers(index, store, _EPOCH)
    return Header(
        name=name,
        version=version,
        release=release,
        epoch=epochs[0] if epochs else None,
        architecture=_text(index, store, _ARCHITECTURE),
        source=_text(index, store, _SOURCE),
        licence=_text(index, store, _LICENCE),
        module=_text(index, store, _MODULARITY),
        files=tuple(_files(index, store)) if with_files else (),
    )


_Index = dict[int, tuple[int, int, int]]


def _parts(blob: bytes) -> tuple[_Index, bytes]:
    """Of each tag its type, offset and count; and the data they are in."""
    if len(blob) < 8 or len(blob) > MOST_BYTES:
        raise Broken("a header of a size that none has")
    tags, length = struct.unpack_from(">II", blob)
    if not 0 < tags <= MOST_TAGS or 8 + tags * 16 + length > len(blob):
        raise Broken("a header whose parts do not fit it")
    start = 8 + tags * 16
    found: _Index = {}
    for tag, kind, offset, count in struct.iter_unpack(">IIII", blob[8:start]):
        if offset < length:
            found.setdefault(tag, (kind, offset, count))
    return found, blob[start : start + length]


def _text(index: _Index, store: bytes, tag: int) -> str:
    kind, offset, _ = index.get(tag, (0, 0, 0))
    if kind not in (_STRING, _STRINGS, _TRANSLATED):
        return ""
    end = store.find(b"\0", offset)
    return store[offset : end if end >= 0 else len(store)].decode("utf-8", "replace")


def _texts(index: _Index, store: bytes, tag: int) -> list[str]:
    kind, offset, count = index.get(tag, (0, 0, 0))
    if kind not in (_STRING, _STRINGS, _TRANSLATED):
        return []
    return [each.decode("utf-8", "surrogateescape") for each in store[offset:].split(b"\0", count)[:count]]


def _numbers(index: _Index, store: bytes, tag: int) -> tuple[int, ...]:
    kind, offset, count = index.get(tag, (0, 0, 0))
    if kind != _INT32 or offset + count * 4 > len(store):
        return ()
    return struct.unpack_from(f">{count}I", store, offset)


def _files(index: _Index, store: bytes) -> list[str]:
    folders = _texts(index, store, _FOLDERS)
    numbers = _numbers(index, store, _FOLDER_NUMBERS)
    names = _texts(index, store, _BASE_NAMES)
    return [folders[number] + name for number, name in zip(numbers, names, strict=False) if number < len(folders)]
