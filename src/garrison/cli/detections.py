"""`garrison detections list|rules`: what Sigma rules have found, and which rules there are."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from garrison.cli.answers import time_of
from garrison.cli.options import HomeOption, JsonOption
from garrison.cli.output import Exit, emit, table
from garrison.cli.rooted import root_of

application = typer.Typer(help="Sigma rules over recorded events.", no_args_is_help=True)


@application.command("list")
def list_detections(
    since: Annotated[str | None, typer.Option("--from", help="From this time on.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Up to this time.")] = None,
    rule: Annotated[str | None, typer.Option(help="Of this rule only, by its id.")] = None,
    level: Annotated[str | None, typer.Option(help="informational, low, medium, high or critical.")] = None,
    limit: Annotated[int, typer.Option(help="How many at most.", min=1, max=1000)] = 100,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the events that met a rule, the newest first. The exit code is 4 where there are any."""
    asked: dict[str, Any] = {
        "StartTime": time_of(since),
        "EndTime": time_of(until),
        "RuleId": rule,
        "Level": level,
        "MaxResults": limit,
    }
    with root_of(home) as (_, root):
        answer = root.call(
            "garrison", "ListDetections", **{name: value for name, value in asked.items() if value is not None}
        )
    if as_json:
        emit(answer, True)
    else:
        rows = [
            [
                one["EventTime"],
                one["Level"],
                f"{one['Title']}\nby {one['Authors']}",
                f"{one['EventName']}\n{one['EventId']}",
                f"{one['Principal']}\nfrom {one['SourceIPAddress']}",
            ]
            for one in answer["Detections"]
        ]
        table("Detections", ["When", "Level", "Rule", "Event", "Who"], rows)
    if answer["Detections"]:
        raise typer.Exit(Exit.ATTENTION)


@application.command("rules")
def list_rules(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the rules in force, and those set aside with the reason."""
    with root_of(home) as (_, root):
        answer = root.call("garrison", "ListDetectionRules")
    if as_json:
        emit(answer, True)
        return
    table(
        "Sigma rules",
        ["Level", "Rule", "Authors", "Id"],
        [[one["Level"], one["Title"], one["Authors"], one["RuleId"]] for one in answer["Rules"]],
    )
    if answer["SetAside"]:
        table("Set aside", ["File", "Why"], [[one["Place"], one["Reason"]] for one in answer["SetAside"]])
