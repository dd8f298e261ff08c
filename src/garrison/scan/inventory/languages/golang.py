"""Modules that were built into a Go program, from the build information that Go's linker leaves in it.

Source: go.dev/src/debug/buildinfo (the blob's two forms: strings behind pointers, and inline since Go 1.18) and
runtime/debug.BuildInfo (the text).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from garrison.scan.inventory.facts import Package
from garrison.scan.inventory.languages.elf import Broken, Elf, elf
from garrison.scan.inventory.purl import golang
from garrison.scan.roots import Root
from garrison.scan.roots.root import note

LEAST_BYTES = 64 * 1024
"""Of a program: Go's runtime alone is larger."""
MOST_TEXT_BYTES = 8 * 1024 * 1024
MOST_SEARCHED_BYTES = 1024 * 1024
_MAGIC = b"\xff Go buildinf:"
_HEAD_BYTES, _ALIGNED = 32, 16
_BIG_ENDIAN, _INLINE = 1, 2
_FRAME = 16
"""Bytes of marks before and after the text of modules."""


def program(root: Root, path: str) -> Iterator[Package]:
    """The modules of a program, and the standard library of its Go; nothing where it is no Go program."""
    file = root.open(path)
    if file is None:
        return
    with file:
        try:
            found = elf(file)
            said = build_information(found) if found else None
        except (Broken, OSError) as error:
            note(root, path, f"{error}")
            return
    if said is None:
        return
    version, text = said
    for name, number in modules(version, text):
        yield Package(purl=golang(name, number), ecosystem="golang", name=name, version=number, path=path)


def modules(version: str, text: str) -> Iterator[tuple[str, str]]:
    """Name and version of what was built in: the standard library, the main module where it has a version, the others."""
    if version.startswith("go"):
        yield "stdlib", version.removeprefix("go").split(" ")[0]
    found: list[tuple[str, str]] = []
    for line in text.split("\n"):
        kind, *words = line.split("\t")
        if kind in ("mod", "dep") and len(words) >= 2:
            found.append((words[0], words[1]))
        elif kind == "=>" and len(words) >= 2 and found:
            found[-1] = (words[0], words[1])
    yield from ((name, number) for name, number in found if name and number and number != "(devel)")


def build_information(of: Elf) -> tuple[str, str] | None:
    """Go's version and the text of modules; None where there is none. Raises `Broken`."""
    place = _place(of)
    if place is None:
        return None
    head = of.at(place, _HEAD_BYTES)
    if head[15] & _INLINE:
        version, after = _inline(of, place + _HEAD_BYTES)
        text, _ = _inline(of, after)
    else:
        size = head[14]
        if size not in (4, 8):
            raise Broken("build information with pointers of no known size")
        form = (">" if head[15] & _BIG_ENDIAN else "<") + ("Q" if size == 8 else "I")
        version, text = (
            _pointed(of, struct.unpack_from(form, head, _ALIGNED + number * size)[0], form, size) for number in (0, 1)
        )
    framed = len(text) > 2 * _FRAME and text[-_FRAME - 1 : -_FRAME] == b"\n"
    return version.decode("utf-8", "replace"), text[_FRAME:-_FRAME].decode("utf-8", "replace") if framed else ""


def _place(of: Elf) -> int | None:
    """Where the blob begins: in the section of its name, or in the first data that is loaded."""
    named = of.sections.get(".go.buildinfo")
    data = next(((each.offset, each.size) for each in of.segments if each.is_data), None)
    # Without tables of sections a program was stripped further than Go's own tools do.
    start, size = named or (data if data and not of.sections else (0, 0)) or (0, 0)
    if not size:
        return None
    found = of.some(start, min(size, MOST_SEARCHED_BYTES))
    place = found.find(_MAGIC)
    while place >= 0 and (place % _ALIGNED or len(found) - place < _HEAD_BYTES):
        place = found.find(_MAGIC, place + 1)
    return start + place if place >= 0 else None


def _inline(of: Elf, offset: int) -> tuple[bytes, int]:
    """A string with its length before it as a varint, and where it ends."""
    length = shift = used = 0
    for byte in of.some(offset, 10):
        used += 1
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    if length > MOST_TEXT_BYTES:
        raise Broken("build information of a size that none has")
    return of.at(offset + used, length), offset + used + length


def _pointed(of: Elf, address: int, form: str, size: int) -> bytes:
    """A string that its header (address and length) is pointed to."""
    if not address:
        return b""
    header = of.at_address(address, 2 * size)
    start, length = struct.unpack(form[0] + form[1] * 2, header)
    if length > MOST_TEXT_BYTES:
        raise Broken("build information of a size that none has")
    return of.at_address(start, length) if length else b""
