"""Paragraphs of fields, the form of Debian's package database. Source: deb822(5)."""

from __future__ import annotations

from collections.abc import Collection, Iterator


def paragraphs(text: str, wanted: Collection[str]) -> Iterator[dict[str, str]]:
    """The wanted fields (by lower-case name) of each paragraph, first lines only: what follows indented is not of interest."""
    found: dict[str, str] = {}
    for line in text.split("\n"):
        if not line.strip():
            if found:
                yield found
                found = {}
        elif line[0] not in " \t#":
            name, colon, value = line.partition(":")
            key = name.lower()
            if colon and key in wanted:
                found.setdefault(key, value.strip())
    if found:
        yield found
