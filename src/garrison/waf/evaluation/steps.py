"""Transformations with what tells cheaply that one changes nothing: most values of most requests hold nothing to decode."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from garrison.waf.transformations import TRANSFORMATIONS
from garrison.waf.transformations.white_space import WHITE_SPACE

Inert = Callable[[bytes], bool]
"""Whether a transformation leaves every value unchanged that is a part of these bytes. False where it is not known."""


@dataclass(frozen=True, slots=True)
class Step:
    """One transformation."""

    name: str
    apply: Callable[[bytes], bytes]
    is_inert: Inert


def _without(*texts: bytes) -> Inert:
    if len(texts) == 1:
        (text,) = texts
        return lambda value: text not in value
    first, *others = texts
    return lambda value: first not in value and all(text not in value for text in others)


_OTHER_SPACES = WHITE_SPACE.replace(b" ", b"")


def _single_spaces(value: bytes) -> bool:
    return b"  " not in value and len(value.translate(None, _OTHER_SPACES)) == len(value)


_INERT: dict[str, Inert] = {
    "COMPRESS_WHITE_SPACE": _single_spaces,
    "CSS_DECODE": _without(b"\\"),
    "ESCAPE_SEQ_DECODE": _without(b"\\"),
    "HTML_ENTITY_DECODE": _without(b"&"),
    "JS_DECODE": _without(b"\\"),
    "JS_DECODE_EXT": _without(b"\\"),
    "LOWERCASE": lambda value: value.lower() == value,
    "NONE": lambda _: True,
    "REMOVE_NULLS": _without(b"\0"),
    "REPLACE_COMMENTS": _without(b"/*"),
    "REPLACE_NULLS": _without(b"\0"),
    "SQL_HEX_DECODE": _without(b"0x", b"0X"),
    "UPPERCASE": lambda value: value.upper() == value,
    "URL_DECODE": _without(b"%", b"+"),
    "URL_DECODE_UNI": _without(b"%", b"+"),
    "UTF8_TO_UNICODE": bytes.isascii,
}


_WAKING = b"%+&\\*\0" + _OTHER_SPACES + bytes(range(128, 256))
_SAFE = bytes(byte for byte in range(256) if byte not in _WAKING)
_ASLEEP = frozenset(
    [
        "COMPRESS_WHITE_SPACE",
        "CSS_DECODE",
        "ESCAPE_SEQ_DECODE",
        "HTML_ENTITY_DECODE",
        "JS_DECODE",
        "JS_DECODE_EXT",
        "NONE",
        "REMOVE_NULLS",
        "REPLACE_COMMENTS",
        "REPLACE_NULLS",
        "URL_DECODE",
        "URL_DECODE_UNI",
        "UTF8_TO_UNICODE",
    ]
)
"""What changes nothing in dull bytes."""


def is_dull(value: bytes) -> bool:
    """Whether bytes hold nothing that decoding could change: all of `_ASLEEP` is known to be inert at once."""
    return b"  " not in value and not value.translate(None, _SAFE)


def on_dull(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Those of the steps that may change something in dull values. What they make of them need not be dull."""
    for at, each in enumerate(steps):
        if each.name not in _ASLEEP and each.name not in STAYING:
            return (*on_dull(steps[:at]), *steps[at:])
    return tuple(each for each in steps if each.name not in _ASLEEP)


STAYING = frozenset(("LOWERCASE", "UPPERCASE"))
"""What leaves dull values dull."""


def _not_known(_value: bytes) -> bool:
    return False


_IN_C: dict[str, Callable[[bytes], bytes]] = {"LOWERCASE": bytes.lower, "UPPERCASE": bytes.upper}
"""What the transformation does, without a call of Python for each value."""


@lru_cache(maxsize=64)
def step(name: str) -> Step:
    """The step of a transformation. Raises: ValueError: there is none of this name."""
    known = TRANSFORMATIONS.get(name)
    if known is None:
        raise ValueError(f"there is no text transformation {name}")
    return Step(name, _IN_C.get(name, known.apply), _INERT.get(name, _not_known))
