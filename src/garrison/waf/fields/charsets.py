"""Bodies in character sets in which ASCII looks like something else: EBCDIC, UTF-7, UTF-16. Some servers decode what a client names.

Only sets of this table are decoded: the name comes from the client and must not choose what is loaded.
"""

from __future__ import annotations

import re

from garrison.waf.fields.media_type import media_type
from garrison.waf.request import Request

USUAL = frozenset((b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"iso-8859-15", b"latin1", b"windows-1252"))
"""Those in which ASCII is itself."""

_CODECS = {
    b"utf-7": "utf-7",
    b"utf-16": "utf-16",
    b"utf-16le": "utf-16-le",
    b"utf-16be": "utf-16-be",
    b"utf-32": "utf-32",
    b"utf-32le": "utf-32-le",
    b"utf-32be": "utf-32-be",
    b"ibm037": "cp037",
    b"ibm273": "cp273",
    b"ibm424": "cp424",
    b"ibm500": "cp500",
    b"ibm875": "cp875",
    b"ibm1026": "cp1026",
    b"ibm1140": "cp1140",
}
_CODECS |= {name.replace(b"ibm", b"cp"): codec for name, codec in _CODECS.items() if name.startswith(b"ibm")}
_BEGINNINGS = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"<\0?\0", "utf-16-le"),
    (b"\0<\0?", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
"""What XML begins with in these, after which follows what it is written in; the first bytes of `<?xml` in EBCDIC at last."""
_DECLARED = re.compile(rb"\A\s*+<\?xml[^>]{0,200}?encoding\s*+=\s*+[\"']([\w.-]{1,40}+)")


def unusual_codec(request: Request, body: bytes) -> str:
    """The codec of the body when ASCII is not itself in it; empty where it is, or where the name is not known."""
    for charset in media_type(request).values(b"charset"):
        if codec := codec_of(charset):
            return codec
    if body[:1] in (b"<", b"\xff", b"\xfe", b"\0", b"\x4c"):
        declared = _DECLARED.match(body)
        if declared:
            return codec_of(declared[1])
        return next((codec for beginning, codec in _BEGINNINGS if body.startswith(beginning)), "")
    return ""


def codec_of(charset: bytes) -> str:
    """The codec of a name in the table; empty for others."""
    return _CODECS.get(charset.strip(b"'\" ").lower(), "")


def in_utf8(value: bytes, codec: str) -> bytes:
    """The same text in UTF-8; what cannot be decoded is replaced."""
    return value.decode(codec, "replace").encode("utf-8", "replace")
