"""The words of a command line, as a POSIX shell would take it apart, and Bash's `$'…'`. Nothing is expanded or run."""

from __future__ import annotations

import re

from garrison.waf.recorded.recorded import MOST_BYTES, Unreadable

_PIECE = re.compile(
    r"""(?P<blank>(?:[ \t\r\n]|\\\r?\n|\^\r?\n)+)
    |'(?P<single>[^']*)'
    |\$'(?P<ansi>(?:[^'\\]|\\.)*)'
    |\$?"(?P<double>(?:[^"\\]|\\.)*)"
    |\\(?P<escaped>.)
    |(?P<plain>[^\s'"\\$]+|\$)""",
    re.VERBOSE | re.DOTALL,
)
_ANSI = re.compile(r"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([0-7]{1,3})|(.))", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v", "0": "\0"}
_MOST_WORDS = 5_000


def words_of(text: str) -> list[str]:
    """Raises Unreadable: a quote is not closed, or it is far too much."""
    if len(text) > MOST_BYTES:
        raise Unreadable("the command line is too long")
    words: list[str] = []
    word: list[str] | None = None
    at = 0
    while at < len(text):
        piece = _PIECE.match(text, at)
        if piece is None:
            raise Unreadable("a quote of the command line is not closed")
        at = piece.end()
        if piece.lastgroup == "blank":
            if word is not None:
                words.append("".join(word))
            word = None
        else:
            word = word if word is not None else []
            word.append(_meant(piece))
        if len(words) > _MOST_WORDS:
            raise Unreadable("the command line has too many words")
    return words if word is None else [*words, "".join(word)]


def _meant(piece: re.Match[str]) -> str:
    text = piece[piece.lastgroup or 0]
    if piece.lastgroup == "ansi":
        return _ANSI.sub(_ansi, text)
    if piece.lastgroup == "double":
        return re.sub(r'\\(\n|["\\$`])', lambda found: "" if found[1] == "\n" else found[1], text)
    return text


def _ansi(found: re.Match[str]) -> str:
    hexadecimal, four, eight, octal, letter = found.groups()
    number = hexadecimal or four or eight
    if number is not None:
        return _character(int(number, 16), is_byte=hexadecimal is not None)
    if octal is not None:
        return _character(int(octal, 8) & 0xFF, is_byte=True)
    return _LETTERS.get(letter, letter)


def _character(number: int, *, is_byte: bool) -> str:
    """Bytes beyond ASCII are kept as bytes, to be joined to characters by whoever encodes the word."""
    if is_byte:
        return bytes([number]).decode("utf-8", "surrogateescape")
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\N{REPLACEMENT CHARACTER}"
