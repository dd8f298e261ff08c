"""Put the commands together and turn errors into one cause, one remedy and an exit code."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterable
from importlib import import_module

import typer

from garrison.cli.output import Exit, fail
from garrison.errors import ApiError, GarrisonError, OperatorError

COMMANDS = {
    "up": "lifecycle",
    "down": "lifecycle",
    "status": "state",
    "doctor": "state",
    "version": "state",
    "backup": "backups",
    "restore": "backups",
    "upgrade": "backups",
    "explain": "explain",
    "audit": "explain",
    "who-can": "who_can",
    "what-can": "who_can",
    "query": "query",
    "replay": "replay",
    "collect": "collecting",
    "assess": "assessing",
    "advise": "advising",
    "scan": "scanning",
    "benchmark": "benchmark",
    "findings": "inspector_findings",
    "init": "init",
    "diff": "history",
    "timeline": "history",
    "reach": "reach",
    "demo": "demo",
}
"""Each command and the module that has it as a function of its name, with an underscore for a dash."""
GROUPS = {
    "agent": "agent",
    "alarms": "alarms",
    "credentials": "credentials",
    "detections": "detections",
    "keys": "keys",
    "mfa": "mfa",
    "models": "models",
    "policy": "policy",
    "prices": "prices",
    "report": "reports",
    "root": "root",
    "sns": "sns",
    "template": "template",
    "trail": "trail",
    "vulndb": "vulndb",
    "waf": "waf",
}
"""Each group of commands and the module that has it as `application`."""
EXIT_CODES = {
    Exit.OK: "done",
    Exit.FAILED: "something must be put right, the message says what",
    Exit.USAGE: "wrong usage",
    Exit.NOT_RUNNING: "no server runs on this home",
    Exit.ATTENTION: "doctor, a report, an assessment, a scan or a template check found something",
}


def application(names: Iterable[str] = (*COMMANDS, *GROUPS)) -> typer.Typer:
    """The command line with these commands; only their modules are loaded, so that `up` is quick."""
    codes = "; ".join(f"{int(code)} {meaning}" for code, meaning in EXIT_CODES.items())
    about = f"A security account that you run yourself, behind AWS's own wire APIs.\n\nExit codes: {codes}."
    made = typer.Typer(
        name="garrison",
        help=about,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    made.callback(help=about)(_do_nothing)
    for name in names:
        if name in COMMANDS:
            made.command(name)(getattr(import_module(f"garrison.cli.{COMMANDS[name]}"), name.replace("-", "_")))
        else:
            made.add_typer(import_module(f"garrison.cli.{GROUPS[name]}").application, name=name)
    return made


def _remedy_for(error: ApiError) -> str:
    """What to do about an answer of the API."""
    if "NotFound" in error.code or "NoSuch" in error.code:
        return "Look at the name's spelling, and whether it is of this account and region."
    return "Put the arguments right and try again; --help says what they are."


def _do_nothing() -> None:
    """A callback keeps the command line a group of commands, also where only one is loaded."""


def run() -> None:
    """Run the command line and exit."""
    as_json = "--json" in sys.argv
    asked = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
    known = asked in COMMANDS or asked in GROUPS
    try:
        (application([asked]) if known and asked else application())(standalone_mode=True, prog_name="garrison")
    except OperatorError as error:
        sys.exit(fail(error.cause, error.remedy, as_json))
    except ApiError as error:
        sys.exit(fail(f"{error.code}: {error.message}", _remedy_for(error), as_json))
    except GarrisonError as error:
        sys.exit(fail(f"{error}", "Run `garrison doctor`.", as_json))
    except KeyboardInterrupt:
        sys.exit(Exit.FAILED)
    except Exception as error:
        traceback.print_exc()
        sys.exit(fail(f"An unexpected {type(error).__name__}: {error}", "Report it with the lines above.", as_json))
