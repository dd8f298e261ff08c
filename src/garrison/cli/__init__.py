"""The `garrison` command."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command line; exits with one of the codes of `garrison.cli.output.Exit`."""
    from garrison.cli.application import run
    from garrison.runtime.memory import leave_no_dump

    leave_no_dump()
    run()
