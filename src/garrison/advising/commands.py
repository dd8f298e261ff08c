"""The commands that would apply advice, for people to read and run: a shell script that Garrison itself never runs."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from garrison.advising.report import Report, name_of
from garrison.items import GLOBAL

_FILLED_IN = "# Read before you run: some of it deletes. Words in capitals are for you to fill in."


def script(reports: list[Report], profile: str | None = None) -> Iterator[str]:
    """The lines, each command once."""
    seen: set[str] = set()
    yield _FILLED_IN
    for report in reports:
        for check, result in report.flagged:
            head = f"\n# {report.account}: {_said(check.name)}. {_said(check.fix)}"
            for one in result.flagged:
                lines = [_line(words, one.region, profile) for words in one.commands]
                fresh = [line for line in lines if line not in seen]
                if not fresh:
                    continue
                if head:
                    yield head
                    head = ""
                seen.update(fresh)
                yield f"# {_said(name_of(one))}"
                yield from fresh


def _line(words: tuple[str, ...], region: str, profile: str | None) -> str:
    options = [*(["--region", region] if region != GLOBAL else []), *(["--profile", profile] if profile else [])]
    return shlex.join(["aws", *words, *options])


def _said(text: str) -> str:
    """A text that stays in its comment."""
    return "".join(each if each.isprintable() else " " for each in text)
