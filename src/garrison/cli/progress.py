"""A progress bar of a collection, on standard error where that is a terminal."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from garrison.collect import Progress


class _Bar:
    """A progress bar on standard error, where that is a terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
        from rich.progress import Progress as Drawn

        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
        self._drawn = Drawn(*columns, console=Console(stderr=True), transient=True)
        self._task = self._drawn.add_task("")

    def __enter__(self) -> _Bar:
        self._drawn.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._drawn.stop()

    def __call__(self, progress: Progress) -> None:
        """Show how far the collection is."""
        told = f"{progress.items} items, {progress.requests} requests, {progress.what}"
        self._drawn.update(self._task, completed=progress.done, total=progress.total, description=told)


def bar(quiet: bool) -> AbstractContextManager[Any]:
    """What shows the progress of a collection, where somebody looks; else nothing."""
    return _Bar() if sys.stderr.isatty() and not quiet else nullcontext()
