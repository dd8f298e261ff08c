"""As much of an ELF file as finding a section and following an address needs; every number is checked. Source: elf(5)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

MOST_BYTES = 2**48
MOST_SECTIONS = 4096
MOST_SEGMENTS = 512
MOST_NAMES_BYTES = 1024 * 1024
_LOAD, _WRITES, _EXECUTES = 1, 2, 1


class Broken(ValueError):
    """Bytes that are no ELF file, or not a whole one."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the file that is loaded."""

    flags: int
    offset: int
    address: int
    size: int

    @property
    def is_data(self) -> bool:
        """Whether the program may write to it and not run it."""
        return self.flags & (_WRITES | _EXECUTES) == _WRITES


@dataclass(frozen=True, slots=True)
class Elf:
    """The tables of a file."""

    file: BinaryIO
    order: str
    """`<` or `>`, as `struct` writes byte orders."""
    pointer_bytes: int
    segments: tuple[Segment, ...]
    sections: dict[str, tuple[int, int]]
    """Offset and size by name; of several the first."""

    def at(self, offset: int, size: int) -> bytes:
        """Bytes of the file; raises `Broken` where they are not all there."""
        found = self.some(offset, size)
        if len(found) < size:
            raise Broken("a file that ends too early")
        return found

    def some(self, offset: int, most: int) -> bytes:
        """At most so many bytes of the file, fewer where it ends."""
        if offset > MOST_BYTES:
            raise Broken("a place beyond every file's end")
        self.file.seek(offset)
        return self.file.read(most)

    def at_address(self, address: int, size: int) -> bytes:
        """Bytes by the address that they are loaded to; raises `Broken`."""
        for segment in self.segments:
            if segment.address <= address and address + size <= segment.address + segment.size:
                return self.at(segment.offset + address - segment.address, size)
        raise Broken("an address that nothing is loaded to")


def elf(file: BinaryIO) -> Elf | None:
    """The tables of an ELF file, None where it is something else; raises `Broken`."""
    start = file.read(64)
    if start[:4] != b"\x7fELF" or len(start) < 52 or start[4] not in (1, 2) or start[5] not in (1, 2):
        return None
    wide, order = start[4] == 2, "<" if start[5] == 1 else ">"
    try:
        if wide:
            programs, sections = struct.unpack_from(f"{order}QQ", start, 32)
            counts = struct.unpack_from(f"{order}HHHHH", start, 54)
        else:
            programs, sections = struct.unpack_from(f"{order}II", start, 28)
            counts = struct.unpack_from(f"{order}HHHHH", start, 42)
        made = Elf(file, order, 8 if wide else 4, (), {})
        return Elf(
            file,
            order,
            made.pointer_bytes,
            _segments(made, programs, counts[0], counts[1]),
            _sections(made, sections, counts[2], counts[3], counts[4]),
        )
    except (struct.error, OverflowError, OSError) as error:
        raise Broken(f"{error}") from None


def _segments(of: Elf, offset: int, size: int, count: int) -> tuple[Segment, ...]:
    wide = of.pointer_bytes == 8
    if not count or count > MOST_SEGMENTS or size < (56 if wide else 32):
        return ()
    table = of.at(offset, size * count)
    found = []
    for number in range(count):
        if wide:
            kind, flags, start, address, _, length = struct.unpack_from(f"{of.order}IIQQQQ", table, number * size)
        else:
            kind, start, address, _, length, _, flags = struct.unpack_from(f"{of.order}IIIIIII", table, number * size)
        if kind == _LOAD:
            found.append(Segment(flags, start, address, length))
    return tuple(found)


def _sections(of: Elf, offset: int, size: int, count: int, names_at: int) -> dict[str, tuple[int, int]]:
    wide = of.pointer_bytes == 8
    if not offset or not count or count > MOST_SECTIONS or size < (64 if wide else 40) or names_at >= count:
        return {}
    table = of.at(offset, size * count)
    form = f"{of.order}IIQQQQ" if wide else f"{of.order}IIIIII"
    rows = [struct.unpack_from(form, table, number * size) for number in range(count)]
    _, _, _, _, start, length = rows[names_at]
    names = of.at(start, min(length, MOST_NAMES_BYTES))
    found: dict[str, tuple[int, int]] = {}
    for name, _, _, _, place, extent in rows:
        said = names[name : names.find(b"\0", name)] if name < len(names) else b""
        found.setdefault(said.decode("ascii", "replace"), (place, extent))
    return found
