"""Folds tokens to the fingerprint that the grammar reads: what an expression is, not how it is written.

Shift and reduce: signs and negations go, arithmetic of numbers becomes a number, `(1)` becomes `1`, a call becomes one letter,
a subquery becomes `q`, a condition in parentheses `x`. So `or((-(1)))=+1` and `or 1=1` have one fingerprint.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from garrison.waf.sqli.tokens import tokens
from garrison.waf.sqli.words import PAIRS

MOST_LETTERS: Final = 24
"""How long a fingerprint grows before the grammar decides."""
MOST_TOKENS: Final = 48
"""How many tokens are folded into it."""
MOST_WORDS: Final = 4
"""So many words in a row are prose, where no grammar of SQL goes on."""

OPERANDS: Final = frozenset("nsSvbwfgFqxCi")
_BEFORE_SIGNS: Final = frozenset("^&=<|(,QhHLBtyaU")
_FIRST_OF_PAIR: Final = frozenset(first for first, _ in PAIRS)
_ARGUMENTS: Final = re.compile(r"[nsSvbwfgqxCi,=<+|&!map?]*")
_EXPRESSION: Final = frozenset("nsvbwfgqxCi=<&+|!p,")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    letters: str
    """The point of entry's letter and those of the folded tokens."""
    ends: tuple[int, ...]
    """Where each letter's last token ends in the value; the first is the point of entry itself."""


def fold(value: bytes, at: int, entry: str) -> Fingerprint:
    """The fingerprint of what follows the byte `at` of a value in lower case."""
    before = value[max(0, at - 33) : at].rpartition(value[at - 1 : at])[0] if entry in "'\"`" else b""
    stack = _Stack(entry, at, before)
    words = 0
    for count, (letter, text, end) in enumerate(tokens(value, at)):
        stack.take(letter, text, end)
        if count < 3 and text not in _FIRST_OF_PAIR and _hopeless(stack.letters):
            break
        words = (
            words + 1
            if letter == stack.letters[-1] == "w" and text[0] not in b"`[" and text not in _FIRST_OF_PAIR
            else 0
        )
        if (
            words == MOST_WORDS
            or (words == 2 and count <= 2)
            or len(stack.letters) > MOST_LETTERS
            or count == MOST_TOKENS
        ):
            break
    return Fingerprint("".join(stack.letters), tuple(stack.ends))


def _hopeless(letters: list[str]) -> bool:
    """Whether no shape begins so: after a string or a name something has to follow that a statement can go on with."""
    if len(letters) == 2:
        return letters[1] in ("?{}m<" if letters[0] == "^" else "wnsvb?{}" if letters[0] != "~" else "")
    return len(letters) == 3 and letters[:2] == ["^", "w"] and letters[2] in "+,?{=<bnsvSm"


class _Stack:
    """What has been folded so far: letters, where each ends, and the text of its last token."""

    def __init__(self, entry: str, at: int, before: bytes) -> None:
        self.letters = [entry]
        self.ends = [at]
        self.texts = [before]

    def take(self, letter: str, text: bytes, end: int) -> None:
        if pair := PAIRS.get((self.texts[-1], text)):
            self.letters[-1], self.ends[-1], self.texts[-1] = pair, end, text
        elif letter == ")":
            self._close(end)
        elif self._changes_nothing(letter, text):
            self.ends[-1] = end
        elif letter == "n" and self.letters[-2:] == ["n", "+"]:
            self._replace(len(self.letters) - 2, "n", b"", end)
        else:
            self._push(letter, text, end)

    def _push(self, letter: str, text: bytes, end: int) -> None:
        if letter in "nsSwvb" and self.letters[-1] in "=&" and _bare(text) == _bare(self.texts[-2]):
            letter = "i"
        self.letters.append(letter)
        self.ends.append(end)
        self.texts.append(text)

    def _replace(self, since: int, letter: str, text: bytes, end: int) -> None:
        del self.letters[since:], self.ends[since:], self.texts[since:]
        self._push(letter, text, end)

    def _changes_nothing(self, letter: str, text: bytes) -> bool:
        """Whether the token only goes with the one before: a sign, a negation, a string beside a string."""
        last = self.letters[-1]
        if letter == "!":
            return text != b"not" or last in "&!(QU"
        if letter == "+":
            return last in _BEFORE_SIGNS and text in {b"+", b"-"}
        return letter == "s" and last == "s"

    def _close(self, end: int) -> None:
        """Takes a closing parenthesis: what it closes becomes one letter where it is simple enough."""
        opened = len(self.letters) - 1
        while opened > 0 and self.letters[opened] != "(":
            opened -= 1
        inner = "".join(self.letters[opened + 1 :])
        before = self.letters[opened - 1] if opened > 1 else ""
        if (
            opened
            and before
            and before in ("fgFw" if self.letters[opened - 2] not in "TI" else "fgF")
            and _ARGUMENTS.fullmatch(inner)
        ):
            self._replace(opened - 1, before, self.texts[opened - 1], end)
        elif opened and (made := _made_of(inner)):
            opened -= made == "q" and before in {"f", "g"}  # EXISTS(SELECT …)
            self._replace(opened, made, self.texts[-1] if len(inner) == 1 else b"", end)
        else:
            self._push(")", b")", end)


def _bare(text: bytes) -> bytes:
    """An operand without its quotes."""
    return text.strip(b"'\"`")


def _made_of(inner: str) -> str:
    """What an expression in parentheses is to what stands around it; nothing when it is not one."""
    if len(inner) == 1 and inner in OPERANDS:
        return inner
    if "F" in inner:
        return "F"
    if inner.startswith("Q"):
        return "q"
    if inner and _EXPRESSION.issuperset(inner):
        return "x" if set(inner) & set("=<&,") else "s"
    return ""
