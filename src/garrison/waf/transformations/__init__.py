"""Text transformations: what is done to a value before a statement looks at it, so that encodings and odd spellings hide nothing.

Each is a function of bytes that registers itself and documents what it does. Where AWS's guide is silent, they do as ModSecurity's
transformations of the same name, whose descriptions the guide took over (https://github.com/owasp-modsecurity/ModSecurity/wiki).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from garrison.waf.transformations import (
    base64_text,
    command_lines,
    comments,
    css,
    digests,
    escapes,
    hexadecimal,
    html_entities,
    javascript,
    letter_case,
    nothing,
    nulls,
    paths,
    query_strings,
    trimming,
    url_encoding,
    utf8,
    white_space,
)
from garrison.waf.transformations.registry import PRE_PARSE, TRANSFORMATIONS, Apply, Transformation

__all__ = ["MODULES", "PRE_PARSE", "TRANSFORMATIONS", "Transformation", "pre_parser", "transformer"]

MODULES = (
    base64_text,
    command_lines,
    comments,
    css,
    digests,
    escapes,
    hexadecimal,
    html_entities,
    javascript,
    letter_case,
    nothing,
    nulls,
    paths,
    query_strings,
    trimming,
    url_encoding,
    utf8,
    white_space,
)
"""Where the transformations are defined: importing them registers them."""


@lru_cache(maxsize=4096)
def transformer(types: tuple[str, ...]) -> Callable[[bytes], bytes]:
    """One function for several transformations, which are applied in the order given (callers sort by priority).

    Raises: ValueError: one of them does not exist.
    """
    return _chain(types, TRANSFORMATIONS)


@lru_cache(maxsize=1024)
def pre_parser(types: tuple[str, ...]) -> Callable[[bytes], bytes]:
    """The same for what is done to a query string before it is taken apart.

    Raises: ValueError: one of them does not exist.
    """
    return _chain(types, PRE_PARSE)


def _chain(types: Iterable[str], known: dict[str, Transformation]) -> Apply:
    unknown = [name for name in types if name not in known]
    if unknown:
        raise ValueError(f"there is no text transformation {unknown[0]}")
    steps = tuple(known[name].apply for name in types if name != "NONE")
    if not steps:
        return known["NONE"].apply
    if len(steps) == 1:
        return steps[0]
    if len(steps) == 2:
        first, second = steps
        return lambda value: second(first(value))

    def apply(value: bytes) -> bytes:
        for step in steps:
            value = step(value)
        return value

    return apply
