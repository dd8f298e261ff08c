"""CMD_LINE, CMD_LINE_UNIX and CMD_LINE_WIN: undo what shells ignore, so that `c^at  "/etc/passwd"` reads as it runs."""

from __future__ import annotations

import re

from garrison.waf.transformations.registry import transformation

_SPACES = re.compile(b"  +")
_SPACES_BEFORE = re.compile(rb" ([/(])")
_BACKSLASHES = re.compile(rb"\\\\+")
_BLANKS = b"\t\n\r\x0b\x0c"
_SEPARATORS = b",;\t\r\n"
_SEPARATORS_TO_SPACES = bytes.maketrans(_SEPARATORS, b" " * len(_SEPARATORS))
_BLANKS_TO_SPACES = bytes.maketrans(_BLANKS, b" " * len(_BLANKS))


def _one_space(value: bytes) -> bytes:
    return _SPACES.sub(b" ", value) if b"  " in value else value


@transformation("CMD_LINE", example=(b'c^a"t  , /ETC/passwd', b"cat/etc/passwd"))
def command_line(value: bytes) -> bytes:
    r"""Deletes `\ " ' ^`, deletes spaces before `/ (`, replaces `, ;` and line breaks and tabs with a space, several spaces with one,
    and converts letters to lower case."""
    plain = _one_space(value.translate(_SEPARATORS_TO_SPACES, b"\\\"'^"))
    if b" /" in plain or b" (" in plain:
        plain = _SPACES_BEFORE.sub(rb"\1", plain)
    return plain.lower()


@transformation("CMD_LINE_UNIX", example=(b" c\\a't'\t/etc/PASSWD ", b"cat /etc/passwd"))
def unix_command_line(value: bytes) -> bytes:
    r"""Joins continued lines, deletes `\ " '`, replaces white space with one space, trims, and converts letters to lower case."""
    if b"\\\n" in value or b"\\\r\n" in value:
        value = value.replace(b"\\\r\n", b"").replace(b"\\\n", b"")
    return _one_space(value.translate(_BLANKS_TO_SPACES, b"\\\"'")).strip(b" ").lower()


@transformation("CMD_LINE_WIN", example=(b'p^ing  "C:\\\\Windows"', b"ping c:\\windows"))
def windows_command_line(value: bytes) -> bytes:
    r"""Joins lines continued with `^`, deletes `" ' ^` and the back quote, makes one backslash of several, replaces white space with one
    space, trims, and converts letters to lower case."""
    if b"^\n" in value or b"^\r\n" in value:
        value = value.replace(b"^\r\n", b"").replace(b"^\n", b"")
    plain = value.translate(_BLANKS_TO_SPACES, b"\"'^`")
    if b"\\\\" in plain:
        plain = _BACKSLASHES.sub(rb"\\", plain)
    return _one_space(plain).strip(b" ").lower()
