"""What a JSON document is made of to those who inspect it: keys and values, each with its pointer."""

from __future__ import annotations

import msgspec

from garrison.waf.fields.parts import Part

MOST_ELEMENTS = 4096
"""Keys and values of one document. When there are more, the document itself is one more value, so that none passes unseen."""
MOST_LEVELS = 100
"""Of nesting; the same holds for deeper ones."""


class Elements(msgspec.Struct, frozen=True):
    """The place of each is its JSON pointer (RFC 6901); of a key that of its value."""

    keys: tuple[Part, ...]
    values: tuple[Part, ...]
    """Strings decoded, other values as they are written."""
    complete: bool
    """False when there was an error: keys and values are those before it."""


class TooMuchError(Exception):
    """More elements or levels than are taken apart."""


def escaped(name: str) -> str:
    """A key as a step of a JSON pointer, in characters that can be written anywhere."""
    if name.isascii():
        return name.replace("~", "~0").replace("/", "~1") if "~" in name or "/" in name else name
    return bytes_of(name).decode("utf-8", "backslashreplace").replace("~", "~0").replace("/", "~1")


def bytes_of(text: str) -> bytes:
    """UTF-8; bytes that were none come back as they were, and halves of surrogate pairs do no harm."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        pass
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
