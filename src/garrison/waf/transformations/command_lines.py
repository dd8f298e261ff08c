"""CMD_LINE, CMD_LINE_UNIX and CMD_LINE_WIN: undo what shells ignore, so that `c^at  "/etc/passwd"` reads as it runs."""

from __future__ import annotations

import re

from garrison.waf.transformations.registry import transformation

_SPACES = re.compile(b"  +")
_BACKSLASHES = re.compile(rb"\\\\+")
_UPPER, _LOWER = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz"


def _folding(blanks: bytes) -> bytes:
    """A table that makes blanks spaces and letters lower case."""
    return bytes.maketrans(_UPPER + blanks, _LOWER + b" " * len(blanks))


_SEPARATED, _BLANK = _folding(b",;\t\r\n"), _folding(b"\t\n\r\x0b\x0c")


@transformation("CMD_LINE", example=(b'c^a"t  , /ETC/passwd', b"cat/etc/passwd"))
def command_line(value: bytes) -> bytes:
    r"""Deletes `\ " ' ^`, deletes spaces before `/ (`, replaces `, ;` and line breaks and tabs with a space, several spaces with one,
    and converts letters to lower case."""
    plain = value.translate(_SEPARATED, b"\\\"'^")
    if b"  " in plain:
        plain = _SPACES.sub(b" ", plain)
    return plain.replace(b" /", b"/").replace(b" (", b"(")


@transformation("CMD_LINE_UNIX", example=(b" c\\a't'\t/etc/PASSWD ", b"cat /etc/passwd"))
def unix_command_line(value: bytes) -> bytes:
    r"""Joins continued lines, deletes `\ " '`, replaces white space with one space, trims, and converts letters to lower case."""
    if b"\\" in value:
        value = value.replace(b"\\\r\n", b"").replace(b"\\\n", b"")
    plain = value.translate(_BLANK, b"\\\"'")
    if b"  " in plain:
        plain = _SPACES.sub(b" ", plain)
    return plain.strip(b" ")


@transformation("CMD_LINE_WIN", example=(b'p^ing  "C:\\\\Windows"', b"ping c:\\windows"))
def windows_command_line(value: bytes) -> bytes:
    r"""Joins lines continued with `^`, deletes `" ' ^` and the back quote, makes one backslash of several, replaces white space with one
    space, trims, and converts letters to lower case."""
    if b"^" in value:
        value = value.replace(b"^\r\n", b"").replace(b"^\n", b"")
    plain = value.translate(_BLANK, b"\"'^`")
    if b"\\\\" in plain:
        plain = _BACKSLASHES.sub(rb"\\", plain)
    if b"  " in plain:
        plain = _SPACES.sub(b" ", plain)
    return plain.strip(b" ")
