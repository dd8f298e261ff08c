"""Transformations with what tells cheaply where one changes nothing: most values of most requests hold nothing to decode."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from garrison.waf.transformations import TRANSFORMATIONS
from garrison.waf.transformations.white_space import WHITE_SPACE

_WAKING = b"%+&\\*\0" + WHITE_SPACE.replace(b" ", b"") + bytes(range(128, 256))
SAFE = bytes(byte for byte in range(256) if byte not in _WAKING)
"""Bytes that no decoding looks at, but for two spaces in a row."""
_DECODING = frozenset(
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
"""What changes nothing in dull values."""
_IN_C: dict[str, Callable[[bytes], bytes]] = {"LOWERCASE": bytes.lower, "UPPERCASE": bytes.upper}
"""What these transformations do, without a call of Python for each value. They leave dull values dull, and others as they are in that."""


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One transformation. There is one object for each, so that it is looked up by what it is."""

    name: str
    apply: Callable[[bytes], bytes]
    is_decoding: bool
    """Whether it changes nothing in dull values."""
    is_of_case: bool
    """Whether it changes letters only."""


@lru_cache(maxsize=64)
def step(name: str) -> Step:
    """The step of a transformation. Raises: ValueError: there is none of this name."""
    known = TRANSFORMATIONS.get(name)
    if known is None:
        raise ValueError(f"there is no text transformation {name}")
    return Step(name, _IN_C.get(name, known.apply), name in _DECODING, name in _IN_C)


def are_dull(lines: bytes, breaks: int) -> bool:
    """Whether values, given as lines with so many breaks between, hold nothing that decoding could change.

    What is not safe is counted, and in dull values that is the breaks alone.
    """
    return len(lines.translate(None, SAFE)) == breaks and b"  " not in lines


def on_dull(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Those of the steps that may change something in dull values. What they make of them need not be dull."""
    for at, each in enumerate(steps):
        if not each.is_decoding and not each.is_of_case:
            return (*on_dull(steps[:at]), *steps[at:])
    return tuple(each for each in steps if not each.is_decoding)
