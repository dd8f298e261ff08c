"""Transformations with what tells cheaply that one changes nothing: most values of most requests hold nothing to decode."""

from __future__ import annotations

from collections.abc import Callable
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


def _not_known(_value: bytes) -> bool:
    return False


@lru_cache(maxsize=64)
def step(name: str) -> Step:
    """The step of a transformation. Raises: ValueError: there is none of this name."""
    known = TRANSFORMATIONS.get(name)
    if known is None:
        raise ValueError(f"there is no text transformation {name}")
    return Step(name, known.apply, _INERT.get(name, _not_known))
