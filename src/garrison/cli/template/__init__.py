"""`garrison template`: CloudFormation templates before they are deployed."""

from __future__ import annotations

import typer

from garrison.cli.template import command

application = typer.Typer(help="Look at CloudFormation templates before they are deployed.", no_args_is_help=True)
application.callback(help="Look at CloudFormation templates before they are deployed.")(lambda: None)
application.command("check")(command.check)
