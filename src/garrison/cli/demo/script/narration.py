"""What the story says on a terminal: what is shown, the command by which one would do it, and what came of it."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from garrison.cli.output import plain


class Narrator:
    """Tells the story, or keeps silent where only its facts are wanted."""

    def __init__(self, *, silent: bool = False, pauses: bool = False) -> None:
        from rich.console import Console

        self._console = Console(highlight=False, quiet=silent, soft_wrap=True)
        self._pauses = pauses and not silent and sys.stdin.isatty()

    def chapter(self, number: int, title: str) -> None:
        """Begin a chapter; waits for the Enter key before where it was asked to."""
        if self._pauses and number > 1:
            input("… Enter goes on ")
        self._console.print()
        self._console.rule(plain(f"{number}. {title}"), align="left")

    def say(self, text: str) -> None:
        """What happens, in a sentence or two."""
        self._console.print(plain(text))

    def does(self, command: str) -> None:
        """How one does it from a shell."""
        self._console.print(plain(f"  $ {command}"), style="bold cyan")

    def shows(self, lines: str | Iterable[str]) -> None:
        """What came of it."""
        for line in [lines] if isinstance(lines, str) else lines:
            for part in line.splitlines() or [""]:
                self._console.print(plain(f"    {part}"), style="green")
