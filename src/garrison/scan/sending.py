"""How a report travels: as JSON of one line an item, whole or as the lines that changed since the one before, known by its digest.

The lines are what makes a change small and simple: a delta copies runs of lines of the base and brings the others, and whoever
applies it neither parses nor trusts it. A report is decoded only when it is whole, and its digest is that of all its bytes.
"""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from garrison.scan.report import Report

MOST_BYTES = 16 * 1024 * 1024
"""Of a report, uncompressed. A host of 5,000 packages sends about 2 MB."""
MOST_DELTA_BYTES = 4 * 1024 * 1024
"""Of a delta, uncompressed; what is larger is sent whole."""
_COPY = re.compile(rb"=([0-9]{1,7}) ([0-9]{1,7})")


class Undeliverable(Exception):
    """What was sent cannot be taken; says why."""


def encoded(report: Report) -> bytes:
    """A report as JSON, UTF-8, each package, check and the like on a line of its own."""
    # What names hold that is no text (lone surrogates) has no form in UTF-8.
    return "\n".join(_lines(report)).encode("utf-8", "replace")


def digest(content: bytes) -> str:
    """The SHA-256 of a report's bytes, lower-case hex."""
    return hashlib.sha256(content).hexdigest()


def compressed(content: bytes) -> bytes:
    """Gzip, the same bytes for the same content."""
    return gzip.compress(content, 6, mtime=0)


def decompressed(sent: bytes, most: int) -> bytes:
    """What was compressed, of at most so many bytes; raises `Undeliverable`."""
    engine = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        content = engine.decompress(sent, most + 1)
    except zlib.error:
        raise Undeliverable("The report is not gzip.") from None
    if len(content) > most:
        raise Undeliverable(f"The report is larger than {most} bytes.")
    if not engine.eof or engine.unused_data:
        raise Undeliverable("The report is cut off, or something follows it.")
    return content


def delta(base: bytes, new: bytes) -> bytes:
    """What makes `new` of `base`: lines `=START COUNT`, which copy, and `+…`, which bring one."""
    places = {line: number for number, line in enumerate(base.split(b"\n"))}
    made: list[bytes] = []
    start = count = 0
    for line in new.split(b"\n"):
        place = places.get(line)
        if count and place == start + count:
            count += 1
            continue
        if count:
            made.append(b"=%d %d" % (start, count))
        start, count = (place, 1) if place is not None else (0, 0)
        if place is None:
            made.append(b"+" + line)
    if count:
        made.append(b"=%d %d" % (start, count))
    return b"\n".join(made)


def applied(base: bytes, change: bytes) -> bytes:
    """The report that a delta makes of its base; raises `Undeliverable`."""
    lines, made, size = base.split(b"\n"), list[bytes](), 0
    for line in change.split(b"\n"):
        for piece in [line[1:]] if line[:1] == b"+" else _copied(lines, line):
            size += len(piece) + 1
            if size > MOST_BYTES:
                raise Undeliverable(f"The report is larger than {MOST_BYTES} bytes.")
            made.append(piece)
    return b"\n".join(made)


def _copied(lines: list[bytes], said: bytes) -> list[bytes]:
    found = _COPY.fullmatch(said)
    start, count = (int(found[1]), int(found[2])) if found else (0, 0)
    if count < 1 or start + count > len(lines):
        raise Undeliverable("The delta cannot be read.")
    return lines[start : start + count]


def _lines(report: Report) -> Iterator[str]:
    yield "{"
    yield from _members(_fields(report))
    yield "}"


def _members(fields: dict[str, Any]) -> Iterator[str]:
    for number, (name, value) in enumerate(fields.items()):
        begin = f'{"," if number else ""}"{name}":'
        if name == "inventory":
            yield begin + "{"
            yield from _members(_fields(value))
            yield "}"
        elif isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
            yield begin + "["
            yield from _items(value)
            yield "]"
        else:
            yield begin + _json(value)


def _items(values: Iterable[Any]) -> Iterator[str]:
    """With the comma before an item: those that come after do not change its line."""
    for number, value in enumerate(values):
        yield f"{',' if number else ''}{_json(value)}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_fields)


def _fields(value: Any) -> dict[str, Any]:
    """The fields of a dataclass that differ from their defaults."""
    found = {field.name: (getattr(value, field.name), field) for field in dataclasses.fields(value)}
    return {name: held for name, (held, field) in found.items() if held != _default(field)}


def _default(field: dataclasses.Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not dataclasses.MISSING else field.default
