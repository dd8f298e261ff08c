"""How commands speak: tables for people, JSON with `--json`, one cause and its remedy on failure, fixed exit codes."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any

from garrison import codec
from garrison.errors import OperatorError


class Exit(IntEnum):
    """What a command's exit code means."""

    OK = 0
    FAILED = 1
    """The operator must put something right: the message says what."""
    USAGE = 2
    """The command line is wrong."""
    NOT_RUNNING = 3
    """No server runs on this home."""
    ATTENTION = 4
    """The command worked and found something that needs attention (`doctor`)."""


def emit(value: Mapping[str, Any], as_json: bool, text: str = "") -> None:
    """Print a command's result: the value as JSON, or the text."""
    if as_json:
        sys.stdout.write(codec.encode(value).decode() + "\n")
    elif text:
        sys.stdout.write(text + "\n")
    sys.stdout.flush()


def save(content: bytes, output: Path | None) -> None:
    """Write what a command made to a file, or to standard output where none is named."""
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise OperatorError(f"{output} cannot be written: {error.strerror}.", "Choose another file.") from None


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table."""
    from rich.console import Console
    from rich.table import Table

    drawn = Table(title=title, title_justify="left", show_lines=False)
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*row)
    Console().print(drawn)


def printable(text: str) -> str:
    """A text without control characters: what is in an event was chosen by whoever made the call."""
    return "".join(each if each.isprintable() or each == "\n" else "\N{REPLACEMENT CHARACTER}" for each in text)


def plain(text: str) -> Any:
    """A text for a terminal as it stands: nothing in it is taken for colours or for the terminal's own language."""
    from rich.text import Text

    return Text(printable(text))


def findings_table(title: str, findings: Sequence[tuple[str, str, str]]) -> None:
    """Print findings (state, what, remedy) as a table, and below it each remedy on a line of its own.

    A command that is folded into a column cannot be copied out of a terminal.
    """
    table(title, ["", "State", "What"], [[str(n), state, what] for n, (state, what, _) in enumerate(findings, 1)])
    remedies = [(number, remedy) for number, (_, _, remedy) in enumerate(findings, 1) if remedy]
    if remedies:
        sys.stdout.write("\nHow to put it right:\n\n")
        sys.stdout.writelines(f"  {number}  {remedy}\n" for number, remedy in remedies)
    sys.stdout.flush()


def fail(cause: str, remedy: str, as_json: bool, code: Exit = Exit.FAILED) -> int:
    """Say one cause and its remedy on standard error (as JSON on standard output with `--json`); gives the exit code."""
    if as_json:
        emit({"error": cause, "remedy": remedy}, True)
    else:
        sys.stderr.write(f"garrison: {cause}\n  {remedy}\n")
    return int(code)
