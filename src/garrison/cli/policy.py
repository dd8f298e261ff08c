"""`garrison policy`: policies made from what was recorded."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from garrison.cli import policies
from garrison.cli.answers import time_of
from garrison.cli.options import HomeOption, JsonOption
from garrison.cli.output import emit
from garrison.cli.rooted import root_of

application = typer.Typer(help="Make and check policies.", no_args_is_help=True)
application.command("check")(policies.check)
application.command("validate")(policies.validate)


@application.command("generate")
def generate(
    principal: Annotated[str, typer.Argument(help="A user or role: an ARN, user/NAME, role/NAME.")],
    since: Annotated[str | None, typer.Option("--from", help="From this time on: 2026-01-31, or with a time.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Up to this time.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the least policies that allow what a principal did; checked to allow all of it."""
    asked: dict[str, Any] = {"Principal": principal, "StartTime": time_of(since), "EndTime": time_of(until)}
    with root_of(home) as (_, root):
        given = {name: value for name, value in asked.items() if value is not None}
        answer = root.call("garrison", "GeneratePolicy", **given)
    lines = list(answer["Policies"]) or [f"Nothing was recorded of {principal} in that time."]
    if answer["Unused"]:
        lines.append(f"# Named in its policies and not used: {', '.join(answer['Unused'])}")
    emit(answer, as_json, "\n".join(lines))
