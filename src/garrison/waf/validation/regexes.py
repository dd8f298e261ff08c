"""Which regular expressions rules may use: those that are matched in time linear in the value, by an automaton of bounded size.

Source: https://docs.aws.amazon.com/waf/latest/developerguide/waf-regex-pattern-support.html
"""

from __future__ import annotations

import re
from functools import lru_cache

from garrison.waf.validation.problems import FORMAT, Problem

LONGEST = 200
"""Characters (AWS WAF Developer Guide, "AWS WAF quotas")."""
MOST_POSITIONS = 4_000
"""What an expression may come to once its repetitions are written out: larger ones take seconds to compile."""
MOST_BRANCHES = 100

_REPEAT = re.compile(r"\{(\d{1,6})(?:,(\d{0,6}))?\}")
_ESCAPE = re.compile(r"\\(?:[pPxo]\{[^}]{0,64}\}|x[0-9A-Fa-f]{0,2}|Q.*?(?:\\E|$)|.)", re.DOTALL)
_CLASS = re.compile(r"\[\^?\]?(?:\\.|\[:[a-z^]+:\]|[^\]\\])*\]", re.DOTALL)


def problem_of(text: str, field: str) -> Problem | None:
    """What is wrong with a regular expression; None where it can be used."""
    if len(text) > LONGEST:
        return Problem(field, text, f"An expression has at most {LONGEST} characters.")
    reason = _reason(text)
    return None if reason is None else Problem(field, text, reason)


@lru_cache(maxsize=4096)
def _reason(text: str) -> str | None:
    if text.count("|") > MOST_BRANCHES or positions(text) > MOST_POSITIONS:
        return "The expression's repetitions or alternatives are too many."
    from garrison.waf.patterns import refusal  # loads the engines

    refused = refusal(text)
    return None if refused is None else f"{FORMAT} {refused}"


def positions(text: str) -> int:
    """How many characters an expression comes to with its repetitions written out; an open one counts as its least number."""
    totals, last = [0], 0
    at = 0
    while at < len(text):
        step = _ESCAPE.match(text, at) or _CLASS.match(text, at)
        repeat = _REPEAT.match(text, at)
        if step is not None:
            totals[-1] += 1
            last, at = 1, step.end()
        elif repeat is not None:
            times = max(int(repeat[1]), int(repeat[2] or 0), 1)
            totals[-1] += last * (times - 1)
            last, at = last * times, repeat.end()
        elif text[at] == "(":
            totals.append(0)
            last, at = 0, at + 1
        elif text[at] == ")" and len(totals) > 1:
            last = totals.pop()
            totals[-1] += last
            at += 1
        else:
            is_atom = text[at] not in "*+?|^$"
            totals[-1] += is_atom
            last, at = (1 if is_atom else last), at + 1
    return sum(totals)
