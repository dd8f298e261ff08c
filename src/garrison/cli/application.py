"""Put the commands together and turn errors into one cause, one remedy and an exit code."""

from __future__ import annotations

import sys

import typer

from garrison.cli import backups, keys, lifecycle, root, state
from garrison.cli.output import Exit, fail
from garrison.errors import ApiError, OperatorError

application = typer.Typer(
    name="garrison",
    help="A security account that you run yourself, behind AWS's own wire APIs.\n\n"
    "Exit codes: 0 done; 1 something must be put right, the message says what; 2 wrong usage; "
    "3 no server runs on this home; 4 doctor found something.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

application.command("up")(lifecycle.up)
application.command("down")(lifecycle.down)
application.command("status")(state.status)
application.command("doctor")(state.doctor)
application.command("version")(state.version)
application.command("backup")(backups.backup)
application.command("restore")(backups.restore)
application.command("upgrade")(backups.upgrade)
application.add_typer(keys.application, name="keys")
application.add_typer(root.application, name="root")


def run() -> None:
    """Run the command line and exit."""
    as_json = "--json" in sys.argv
    try:
        application(standalone_mode=True)
    except OperatorError as error:
        sys.exit(fail(error.cause, error.remedy, as_json))
    except ApiError as error:
        sys.exit(fail(f"{error.code}: {error.message}", "See docs/coverage.md for what each operation takes.", as_json))
    except KeyboardInterrupt:
        sys.exit(Exit.FAILED)
