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
_LINE_END = ord("\n")
_FEW = 4
"""Of so many different marks each is looked for by itself."""
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


def waking(lines: bytes, items: Sequence[bytes]) -> tuple[int, ...]:
    """Which of the values hold something that decoding could change; of nearly all none does. `lines` are they with line ends between.

    What is not safe is gathered from all, and in dull values that is the line ends alone.
    """
    marks = lines.translate(None, SAFE)
    has_blanks = lines.find(b"  ") >= 0  # `in` takes longer: it looks first whether it was given a number
    breaks = len(items) - 1
    if len(marks) == breaks and not has_blanks:
        return ()
    if breaks == 0:
        return (0,)
    found = set(marks)
    if marks.count(b"\n") == breaks:
        found.discard(_LINE_END)
    if len(found) > _FEW:
        return tuple([at for at, item in enumerate(items) if item.translate(None, SAFE) or b"  " in item])
    awake = {at for mark in found for at, item in enumerate(items) if mark in item}
    if has_blanks:
        awake.update([at for at, item in enumerate(items) if b"  " in item])
    return tuple(sorted(awake))


def on_dull(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Those of the steps that may change something in dull values. What they make of them need not be dull."""
    for at, each in enumerate(steps):
        if not each.is_decoding and not each.is_of_case:
            return (*on_dull(steps[:at]), *steps[at:])
    return tuple(each for each in steps if not each.is_decoding)
