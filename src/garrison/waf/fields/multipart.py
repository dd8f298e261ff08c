"""Multipart bodies taken apart as lenient servers do: bare line feeds, boundaries without an end, parts inside parts.

Source: https://www.rfc-editor.org/rfc/rfc2046#section-5.1, https://www.rfc-editor.org/rfc/rfc7578
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from garrison.waf.fields.media_type import MediaType, media_type_of, parameters_of

MOST_PARTS = 256
"""Of one body. What follows is one more part."""
MOST_LEVELS = 3
"""Of multipart inside multipart; deeper ones are content."""
MOST_HEADER_BYTES = 8 * 1024

_PLAIN_FIELD = re.compile(rb"\r?\n[Cc]ontent-[Dd]isposition: form-data; name=\"([^\"\\\r\n]*+)\"")
"""The headers of nearly every part that is no file."""
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_FOLDED = re.compile(rb"\r?\n[ \t]+")


class FormPart(msgspec.Struct, frozen=True, gc=False):
    name: bytes
    """Empty where there is none, as in the preamble."""
    content: bytes
    filename: bytes | None = None
    charset: bytes = b""
    """Of its own Content-Type."""
    transfer_encoding: bytes = b""
    is_odd: bool = False
    """Whether servers may disagree about it: names given twice, no name, odd quotes, text outside all parts."""


def parts_of(body: bytes, declared: MediaType, level: int = 1) -> tuple[FormPart, ...] | None:
    """The parts between the boundaries, with what stands before and after them; None when the boundary is missing or does not occur.

    When boundaries are named twice, some servers take the first and some the last: the parts are those of both.
    """
    boundaries = declared.values(b"boundary")
    parts: list[FormPart] = []
    for boundary in dict.fromkeys(boundaries[:1] + boundaries[-1:]):
        parts += (boundary and _between(body, boundary, level)) or ()
    return tuple(parts) or None


def _between(body: bytes, boundary: bytes, level: int) -> tuple[FormPart, ...] | None:
    parts: list[FormPart] = []
    position, found, ended = 0, False, False
    for begin, end, is_last in _delimiters(body, b"--" + boundary):
        parts += _read(body[position:begin], found, ended, level)
        position, found, ended = end, True, is_last
        if len(parts) >= MOST_PARTS:
            break
    if not found:
        return None
    return (*parts, *_read(body[position:], found, ended, level))


def _delimiters(body: bytes, delimiter: bytes) -> Iterator[tuple[int, int, bool]]:
    """Where each begins (with the line break that belongs to it) and ends, and whether it is the closing one."""
    position = 0
    while (at := body.find(delimiter, position)) >= 0:
        position = at + len(delimiter)
        if at > 0 and body[at - 1 : at] != b"\n":
            continue
        is_last = body.startswith(b"--", position)
        line_end = body.find(b"\n", position)
        line_end = len(body) if line_end < 0 else line_end
        if body[position + 2 * is_last : line_end].strip():
            continue
        begin = at - 2 if body[at - 2 : at] == b"\r\n" else max(0, at - 1)
        yield begin, line_end, is_last
        position = max(position, line_end)


def _read(block: bytes, found: bool, ended: bool, level: int) -> tuple[FormPart, ...]:
    """What stands between two delimiters; before the first and after the last there should be nothing."""
    if not found or ended:
        outside = block.strip()
        return (FormPart(b"", outside, is_odd=True),) if outside else ()
    head, content = _split(block)
    plain = _PLAIN_FIELD.fullmatch(head)
    if plain is not None:
        return (FormPart(plain[1], content),)
    headers = _headers(head)
    disposition = headers.get(b"content-disposition", b"")
    inner = media_type_of(headers.get(b"content-type", b""))
    if level < MOST_LEVELS and any(name.startswith(b"multipart/") for name in inner.names):
        nested = parts_of(content, inner, level + 1)
        if nested is not None:
            return nested
    return (_form_part(disposition, headers, content, inner.values(b"charset")),)


def _split(block: bytes) -> tuple[bytes, bytes]:
    """Headers and content; a block without an empty line is all content, since it may be read as such."""
    for empty in (b"\n\r\n", b"\n\n"):
        if block.startswith(empty):
            return b"", block[len(empty) :]
    end = _END_OF_HEADERS.search(block, 0, MOST_HEADER_BYTES)
    return (block[: end.start()], block[end.end() :]) if end else (b"", block)


def _headers(head: bytes) -> dict[bytes, bytes]:
    """By name in lower case; the first of each."""
    found: dict[bytes, bytes] = {}
    for line in _FOLDED.sub(b" ", head).splitlines():
        name, _, value = line.partition(b":")
        found.setdefault(name.strip().lower(), value.strip())
    return found


def _form_part(
    disposition: bytes, headers: dict[bytes, bytes], content: bytes, charsets: tuple[bytes, ...]
) -> FormPart:
    parameters = parameters_of(disposition)
    names = [value for name, value in parameters if name == b"name"]
    filenames = [value for name, value in parameters if name in {b"filename", b"filename*"}]
    return FormPart(
        name=names[0] if names else b"",
        content=content,
        filename=b" ".join(filenames) if filenames else None,
        charset=charsets[0] if charsets else b"",
        transfer_encoding=headers.get(b"content-transfer-encoding", b"").lower(),
        is_odd=len(names) != 1 or len(filenames) > 1 or disposition.count(b'"') % 2 == 1,
    )
