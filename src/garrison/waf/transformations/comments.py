"""REPLACE_COMMENTS and REMOVE_COMMENTS_CHAR: comments with which SQL is cut into pieces that no pattern knows."""

from __future__ import annotations

import re

from garrison.waf.transformations.registry import transformation

_COMMENT = re.compile(rb"/\*.*?(?:\*/|\Z)", re.DOTALL)
_MARKS = re.compile(rb"/\*|\*/|--|#")


@transformation("REPLACE_COMMENTS", example=(b"UNION/**/SELECT/* 1", b"UNION SELECT "))
def replace_comments(value: bytes) -> bytes:
    """Replaces each C-style comment with one space, an unterminated one too. A lone end of a comment stays."""
    return _COMMENT.sub(b" ", value) if b"/*" in value else value


@transformation("REMOVE_COMMENTS_CHAR", example=(b"1/**/or 1=1-- #", b"1or 1=1 "))
def remove_comment_marks(value: bytes) -> bytes:
    """Removes what begins and ends comments (`/*`, `*/`, `--`, `#`) and leaves what they hold."""
    return _MARKS.sub(b"", value)
