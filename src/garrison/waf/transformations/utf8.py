"""UTF8_TO_UNICODE: sequences of UTF-8 in a form that URL_DECODE_UNI and patterns of ASCII can read."""

from __future__ import annotations

import re

from garrison.waf.transformations.registry import transformation

_SEQUENCE = re.compile(rb"[\xc0-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf7][\x80-\xbf]{3}")
_PAYLOAD_OF_FIRST = {2: 0x1F, 3: 0x0F, 4: 0x07}


def code_point(sequence: bytes) -> int:
    """The code of a sequence, be it overlong or not."""
    code = sequence[0] & _PAYLOAD_OF_FIRST[len(sequence)]
    for byte in sequence[1:]:
        code = code << 6 | byte & 0x3F
    return code


@transformation("UTF8_TO_UNICODE", example=(b"\xc0\xaf\xe2\x82\xac", b"%u002f%u20ac"))
def utf8_to_unicode(value: bytes) -> bytes:
    """Converts each sequence of UTF-8 to `%uHHHH`. Overlong ones too, since some servers read them; bytes that are no UTF-8 stay."""
    if value.isascii():
        return value
    return _SEQUENCE.sub(lambda found: b"%%u%04x" % code_point(found[0]), value)
