"""The names of HTML that matter, read once from names.toml."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Final

_TABLES = tomllib.loads((files(__package__) / "names.toml").read_text())


def _names(words: list[str]) -> frozenset[bytes]:
    return frozenset(word.encode() for word in words)


ELEMENTS: Final = _names(_TABLES["elements"]["always"])
FAMILIES: Final = (b"svg", b"xsl")
"""What names of elements begin with that are enough by themselves."""
ELEMENTS_WITH: Final = {name.encode(): _names(attributes) for name, attributes in _TABLES["elements"]["with"].items()}
URLS: Final = _names(_TABLES["attributes"]["urls"])
ATTRIBUTES: Final = _names(_TABLES["attributes"]["always"])
EVENTS: Final = _names(_TABLES["handlers"]["events"])
WORDS: Final = _names(_TABLES["handlers"]["words"])
REFERENCES: Final = {name.encode(): text.encode() for name, text in _TABLES["references"].items()}


def is_handler(name: bytes) -> bool:
    """Whether a name in lower case is that of an event handler: of a known event, or long enough to be one of tomorrow."""
    if not name.startswith(b"on") or name in WORDS:
        return False
    return name[2:] in EVENTS or (8 <= len(name) <= 50 and name.isalpha())
