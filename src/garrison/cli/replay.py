"""`garrison replay`: what a policy, filter, alarm or rule that is not active would have done to what is recorded."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from garrison import codec
from garrison.cli.answers import time_of
from garrison.cli.options import HomeOption, JsonOption
from garrison.cli.output import Exit, emit, printable, table
from garrison.cli.rooted import root_of
from garrison.errors import OperatorError
from garrison.gateway.local import LocalCaller
from garrison.runtime.parts import Opened

_POLL_SECONDS = 0.2
_SHOWN = 50
_SHOWN_SAMPLES = 3
_LARGEST_FILE_BYTES = 512 * 1024
_IDENTIFIER = re.compile(r"[A-Z0-9_]+")


class Kind(StrEnum):
    """What is replayed."""

    POLICY = "policy"
    BOUNDARY = "boundary"
    SCP = "scp"
    RESOURCE_POLICY = "resource-policy"
    TRUST_POLICY = "trust-policy"
    FILTER = "filter"
    ALARM = "alarm"
    SIGMA = "sigma"
    RULE = "rule"
    WEB_ACL = "web-acl"


_KINDS = {
    Kind.POLICY: "IDENTITY_POLICY",
    Kind.BOUNDARY: "PERMISSIONS_BOUNDARY",
    Kind.SCP: "SERVICE_CONTROL_POLICY",
    Kind.RESOURCE_POLICY: "RESOURCE_POLICY",
    Kind.TRUST_POLICY: "TRUST_POLICY",
    Kind.FILTER: "METRIC_FILTER",
    Kind.ALARM: "ALARM",
    Kind.SIGMA: "SIGMA_RULE",
    Kind.RULE: "CONFIG_RULE",
    Kind.WEB_ACL: "WEB_ACL",
}


def replay(
    kind: Annotated[Kind, typer.Argument(help="What the file holds.")],
    file: Annotated[
        Path | None,
        typer.Argument(
            help="The draft; - reads it from standard input. Of a rule: AWS's identifier, or a policy in Guard."
        ),
    ] = None,
    since: Annotated[str | None, typer.Option("--from", help="From this time on.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Up to this time.")] = None,
    principal: Annotated[
        str | None, typer.Option(help="Whom a policy or boundary hangs on: an ARN, user/NAME, role/NAME, group/NAME.")
    ] = None,
    resource: Annotated[str | None, typer.Option(help="The ARN of the resource that a policy hangs on.")] = None,
    replaces: Annotated[
        str | None,
        typer.Option(
            help="The policy whose place it takes, as `explain` names it; without a file it goes. Of a web ACL: its name or ARN."
        ),
    ] = None,
    account: Annotated[str | None, typer.Option(help="Over the records of this account, by its id.")] = None,
    parameters: Annotated[str, typer.Option(help="Of a rule: its parameters, as a JSON object.")] = "{}",
    types: Annotated[str | None, typer.Option(help="Of a rule: the types that it judges, with commas.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a draft over what is recorded. The exit code is 4 where it would have made a difference."""
    asked = {
        "Kind": _KINDS[kind],
        "Document": _rule_of(file, parameters, types) if kind is Kind.RULE else _text_of(file),
        "StartTime": time_of(since),
        "EndTime": time_of(until),
        "Principal": principal,
        "Resource": resource,
        "Replaces": replaces,
        "AccountId": account,
    }
    with root_of(home) as (_, root):
        if kind is Kind.WEB_ACL and replaces is not None and not replaces.startswith("arn:"):
            asked["Replaces"] = root.call("garrison", "GetWebAclBundle", Name=replaces)["WebAclArn"]
        started = root.call("garrison", "StartReplay", **{name: it for name, it in asked.items() if it is not None})
        answer = _finished(root, started["ReplayId"])
    if as_json:
        emit(answer, True)
    else:
        _show(answer)
    if answer["Totals"]:
        raise typer.Exit(Exit.ATTENTION)


def _rule_of(file: Path | None, parameters: str, types: str | None) -> str:
    """A rule as StartReplay takes it."""
    if file is None:
        raise OperatorError(
            "No rule is named.", "Give AWS's identifier of a managed rule, or a file with a policy in Guard."
        )
    try:
        draft: dict[str, Any] = {"Parameters": codec.decode(parameters)}
    except ValueError:
        raise OperatorError("The parameters are no JSON.", """Give them as '{"name": "value"}'.""") from None
    is_identifier = _IDENTIFIER.fullmatch(str(file)) is not None and not file.exists()
    draft |= {"Identifier": str(file)} if is_identifier else {"Policy": _text_of(file)}
    if types:
        draft["ResourceTypes"] = [one.strip() for one in types.split(",")]
    return codec.encode(draft).decode()


def _text_of(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        with sys.stdin.buffer if str(file) == "-" else file.open("rb") as source:
            data = source.read(_LARGEST_FILE_BYTES + 1)
        if len(data) > _LARGEST_FILE_BYTES:
            raise OperatorError(f"{file} is larger than {_LARGEST_FILE_BYTES} bytes.", "Give the draft alone.")
        return data.decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{file} cannot be read: {error}.", "Give the file of the draft.") from None


def _finished(root: LocalCaller, replay_id: str) -> dict[str, Any]:
    """The whole answer of a replay once it has ended; it is run here where no server is there to run it."""
    from garrison.runtime.running import running_server

    if running_server(root.opened.home) is None:
        _run_here(root.opened)
    answer = root.call("garrison", "GetReplay", ReplayId=replay_id)
    while answer["Replay"]["Status"] in ("PENDING", "RUNNING"):
        time.sleep(_POLL_SECONDS)
        answer = root.call("garrison", "GetReplay", ReplayId=replay_id)
    if answer["Replay"]["Status"] != "FINISHED":
        raise OperatorError(f"The replay has failed: {answer['Replay'].get('Reason', '')}", "Correct the draft.")
    page = answer
    while "NextToken" in page:
        page = root.call("garrison", "GetReplay", ReplayId=replay_id, NextToken=page["NextToken"])
        answer["Groups"] += page["Groups"]
        answer["Resources"] += page["Resources"]
    answer.pop("NextToken", None)
    return answer


def _run_here(opened: Opened) -> None:
    from garrison.journal import Journal
    from garrison.services.background import Workplace
    from garrison.services.garrison.replays.running import run_replays

    run_replays(Workplace(opened.parts, opened.clock, Journal(opened.home.journal), opened.home.path))


def _show(answer: Mapping[str, Any]) -> None:
    if answer["Replay"]["Kind"] == _KINDS[Kind.RULE]:
        _show_resources(answer)
        return
    found = ", ".join(f"{count} {effect}" for effect, count in sorted(answer["Totals"].items())) or "nothing"
    events = answer["Replay"]["Events"]
    groups = answer["Groups"]
    title = f"{events} events looked at: {found}"
    if answer["Skipped"]:
        title += f"; {answer['Skipped']} tell nothing about authorization"
    rows = [list(_row(group)) for group in groups[:_SHOWN]]
    table(title, ["Times", "Effect", "Call", "First and last", "Event"], rows)
    if len(groups) > _SHOWN:
        print(f"{len(groups) - _SHOWN} more groups: see --json.")
    if answer.get("Alarms"):
        table(
            f"It would have gone off {len(answer['Alarms'])} times",
            ["From", "To", "Datapoints", "Who", "Events"],
            [
                [
                    one["StartTime"],
                    one.get("EndTime", ""),
                    ", ".join(f"{value:g}" for value in one["Datapoints"]),
                    "\n".join(one["Principals"]),
                    "\n".join(one["EventIds"][:3]),
                ]
                for one in answer["Alarms"][:_SHOWN]
            ],
        )


def _show_resources(answer: Mapping[str, Any]) -> None:
    found = ", ".join(f"{count} {said}" for said, count in sorted(answer["Totals"].items())) or "nothing"
    told = answer["Resources"]
    rows = [
        [
            f"{one['ResourceType']}\n{one['ResourceId']}",
            "\n".join(period["Compliance"] for period in one["Periods"]),
            "\n".join(f"{period['StartTime']} – {period.get('EndTime', 'now')}" for period in one["Periods"]),
            str(timedelta(seconds=one["NonCompliantSeconds"])),
            next((period["Annotation"] for period in one["Periods"] if "Annotation" in period), ""),
        ]
        for one in told[:_SHOWN]
    ]
    title = f"{answer['Replay']['Events']} states judged: {found}"
    table(title, ["Resource", "Verdict", "From and to", "Non-compliant for", "Why"], rows)
    if len(told) > _SHOWN:
        print(f"{len(told) - _SHOWN} more resources: see --json.")
    if "UndeterminedUntil" in answer:
        print(f"Before {answer['UndeterminedUntil']} nothing was recorded: undetermined.")


def _row(group: Mapping[str, Any]) -> Iterator[str]:
    yield str(group["Count"])
    missing = ", ".join(group["MissingKeys"])
    yield f"{group['Effect']}\nwithout {missing}" if missing else group["Effect"]
    if "Rule" in group:
        samples = [f"{one['Method']} {one['Target']}" for one in group["Samples"][:_SHOWN_SAMPLES]]
        yield printable("\n".join([group["Rule"], *samples]))
    elif "Action" in group:
        yield f"{group['Action']}\non {group['Resource']}\nby {group['Principal']}"
    else:
        yield f"{group['EventName']}\nby {group['Principal']}\nfrom {group['SourceIPAddress']}"
    yield f"{group['FirstEventTime']}\n{group['LastEventTime']}"
    yield group["EventIds"][0] if group["EventIds"] else ""
