"""Where the fields to match register themselves: each is a function that makes a reader for one specification."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from garrison.waf.fields.parts import Limits, Parts, text
from garrison.waf.request import Request

Read = Callable[[Request], Parts]
MakeReader = Callable[[Any, tuple[str, ...], Limits], Read]

GUIDE = "https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-fields-list.html"


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    """The attribute of FieldToMatch: `uri_path`."""
    log_name: str
    """What logs call it: `URI_PATH`."""
    make: MakeReader
    description: str
    source: str = GUIDE


FIELDS: dict[str, Field] = {}
"""Every field to match by its attribute of FieldToMatch."""


def field(name: str, log_name: str) -> Callable[[MakeReader], MakeReader]:
    """Register what makes readers of a field; its docstring says what is inspected."""

    def register(make: MakeReader) -> MakeReader:
        FIELDS[name] = Field(name, log_name, make, " ".join((make.__doc__ or "").split()))
        return make

    return register


MOST_SHOWN_BYTES = 60


def shown(name: bytes) -> str:
    """A name of a client's choice inside a sentence: shortened and printable."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text(name[:MOST_SHOWN_BYTES]))
