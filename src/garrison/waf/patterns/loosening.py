"""From an expression of Python's `re` to one for hyperscan that matches wherever the first does, and maybe elsewhere.

So one scan tells which values need the closer look that only the first can take.
"""

from __future__ import annotations

import re

_CLASS = rb"\[\^?\]?(?:\\.|[^\]\\])*\]"
_TOKEN = re.compile(
    rb"(?P<behind>\(\?<!(?P<kind>\\\w|"
    + _CLASS
    + rb")\))|(?P<count>\{\d+,\d+\})|(?P<look>\(\?<?[=!])|\\.|"
    + _CLASS
    + rb"|.",
    re.DOTALL,
)
_REPETITIONS = (b"*", b"+", b"?", b"}")
_OPPOSITES = {b"\\w": b"\\W", b"\\s": b"\\S", b"\\d": b"\\D"}


def loosened(expression: bytes) -> bytes:
    """Without looking around, without possessive repetitions, and with counted ones of any number (which are quicker).

    What may not stand before an alternative is kept, as something else that has to: so each value needs a line's end before it.
    """
    kept: list[bytes] = []
    at = depth = 0
    while found := _TOKEN.match(expression, at):
        at, token = found.end(), found[0]
        if found["behind"]:
            if depth == 0 and (
                not kept or kept[-1] == b"|"
            ):  # elsewhere the byte before may be one that was matched already
                kept.append(_opposite(found["kind"]))
        elif found["look"]:
            at = _end_of_group(expression, at)
        elif found["count"]:
            kept += [token.partition(b",")[0] + b",", b"}"]
        elif token != b"+" or not kept or kept[-1] not in _REPETITIONS:
            kept.append(token)
            depth += (token == b"(") - (token == b")")
        else:  # a plus behind a repetition makes it possessive
            kept.append(b"")
    return b"".join(kept)


def _opposite(kind: bytes) -> bytes:
    if kind in _OPPOSITES:
        return _OPPOSITES[kind]
    return b"[" + kind[2:] if kind.startswith(b"[^") else b"[^" + kind[1:]


def _end_of_group(expression: bytes, at: int) -> int:
    depth = 1
    while depth and (found := _TOKEN.match(expression, at)):
        at = found.end()
        depth += found["look"] is not None or found[0] == b"("
        depth -= found[0] == b")"
    return at
