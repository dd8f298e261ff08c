"""Reads the manual as its reader does: what stands in a shell block is typed in."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).parents[2]

_BLOCK = re.compile(r"^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(document: str, kind: str) -> list[str]:
    """The fenced blocks of one kind (`sh`, or an empty text for plain ones), in their order."""
    text = (PROJECT / document).read_text()
    return [found["text"] for found in _BLOCK.finditer(text) if found["kind"] == kind]


def commands(document: str) -> list[str]:
    """The shell commands of a document, one a line; a line that ends in a backslash goes on."""
    lines = "".join(blocks(document, "sh")).replace("\\\n", "").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
