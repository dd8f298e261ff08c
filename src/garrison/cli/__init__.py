"""The `garrison` command."""

from __future__ import annotations

import gc

__all__ = ["main"]

_SELDOM = (50_000, 20, 50)
"""When the cycle collector looks: what a command loads lives to its end, and looking through it took a fifth of most commands' time."""


def main() -> None:
    """Run the command line; exits with one of the codes of `garrison.cli.output.Exit`."""
    gc.set_threshold(*_SELDOM)

    from garrison.cli.application import run
    from garrison.runtime.memory import leave_no_dump

    leave_no_dump()
    try:
        run()
    finally:
        gc.freeze()  # the program ends: nobody has to look through it once more
