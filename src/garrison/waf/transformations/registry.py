"""What a text transformation is to the engine, and where each one registers itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Apply = Callable[[bytes], bytes]

GUIDE = "https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-transformation.html"
PRE_PARSE_GUIDE = (
    "https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-pre-parse-transformation.html"
)


@dataclass(frozen=True, slots=True)
class Transformation:
    name: str
    """As `wafv2` names it: `URL_DECODE`."""
    apply: Apply
    """Never fails, takes time in proportion to the value, and gives the very same object when there is nothing to do."""
    description: str
    example: tuple[bytes, bytes]
    """A value before and after."""
    source: str = GUIDE
    """The page that specifies it."""


TRANSFORMATIONS: dict[str, Transformation] = {}
"""Every text transformation of `wafv2` by its name."""

PRE_PARSE: dict[str, Transformation] = {}
"""What may be done to a whole query string before it is taken apart."""


def transformation(name: str, *, example: tuple[bytes, bytes], source: str = GUIDE) -> Callable[[Apply], Apply]:
    """Register a function; its docstring becomes the description."""

    def register(apply: Apply) -> Apply:
        TRANSFORMATIONS[name] = Transformation(name, apply, " ".join((apply.__doc__ or "").split()), example, source)
        return apply

    return register


def pre_parse(name: str, *, example: tuple[bytes, bytes]) -> Callable[[Apply], Apply]:
    """Register a function that normalises a whole query string."""

    def register(apply: Apply) -> Apply:
        described = " ".join((apply.__doc__ or "").split())
        PRE_PARSE[name] = Transformation(name, apply, described, example, PRE_PARSE_GUIDE)
        return apply

    return register
