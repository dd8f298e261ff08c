"""`garrison explain` and `garrison audit`: why calls were decided as they were, and what audit mode let through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from garrison.cli.answers import (
    AccountOption,
    ContextOption,
    OrganizationOption,
    ResourcePoliciesOption,
    account_of,
    condition_lines,
    context_of,
    statement_line,
    time_of,
)
from garrison.cli.options import HomeOption, JsonOption
from garrison.cli.output import emit, table
from garrison.cli.rooted import root_of
from garrison.errors import ApiError, OperatorError
from garrison.gateway.local import LocalCaller

Shown = Mapping[str, Any]

_SAID = {"allows": "allows", "denies": "DENIES", "silent": "says nothing", "absent": "none"}


def explain(
    what: Annotated[
        str, typer.Argument(help="A request id or event id; or a principal: an ARN, user/NAME, role/NAME.")
    ],
    action: Annotated[str | None, typer.Argument(help="With a principal: the action, as iam:CreateUser.")] = None,
    resource: Annotated[str, typer.Argument(help="With a principal: the resource's ARN.")] = "*",
    context: ContextOption = None,
    account: AccountOption = None,
    resource_policies: ResourcePoliciesOption = None,
    scps: OrganizationOption = None,
    changes: Annotated[int, typer.Option(help="How many smallest changes to look for; 0 to 10.", min=0, max=10)] = 1,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell why a call was decided as it was, or would be, and the smallest change of policies that turns it."""
    with root_of(home) as (_, root):
        if action is None:
            answer = _of_event(root, what, changes)
        else:
            asked = {"Principal": what, "Action": action, "Resource": resource, "Context": context_of(context)}
            asked |= account_of(account, resource_policies, scps)
            answer = root.call("garrison", "Explain", MaxChanges=changes, **asked)
    emit(answer, as_json, "\n\n".join("\n".join(_lines(each)) for each in answer["Explanations"]) or _nothing(answer))


def audit(
    principal: Annotated[str | None, typer.Argument(help="Of this user or role only.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="From this time on.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Up to this time.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Count what principals in audit mode (`audit_principals`) would have been refused."""
    asked = {"Principal": principal, "StartTime": time_of(since), "EndTime": time_of(until)}
    with root_of(home) as (_, root):
        given = {name: value for name, value in asked.items() if value is not None}
        answer = root.call("garrison", "ListAuditedDenials", **given)
    if as_json:
        emit(answer, True)
        return
    rows = [
        [str(one["Count"]), one["Principal"], one["Action"], one["Resource"], one["Decision"], one["LastEventId"]]
        for one in answer["Denials"]
    ]
    table("Would-be denials", ["Times", "Principal", "Action", "Resource", "Decision", "Last event"], rows)


def _of_event(root: LocalCaller, identifier: str, changes: int) -> dict[str, Any]:
    for member in ("EventId", "RequestId"):
        try:
            return root.call("garrison", "Explain", MaxChanges=changes, **{member: identifier})
        except ApiError as error:
            if error.code != "ResourceNotFoundException":
                raise
    raise OperatorError(
        f"No recorded call has the event id or request id {identifier}.",
        "A call can be explained a moment after it was answered; or give a principal, an action and a resource.",
    )


def _nothing(answer: Shown) -> str:
    event = answer.get("Event") or {}
    if event.get("ErrorCode"):
        return f"{event['EventName']} ended with {event['ErrorCode']} before any policy was asked."
    return f"{event.get('EventName')} needs no permission."


def _lines(explanation: Shown) -> Iterator[str]:
    yield f"{explanation['Principal']}: {explanation['Reason']}"
    yield f"  on {explanation['Resource']}"
    if explanation.get("HasChanged"):
        yield f"  It was {explanation['RecordedDecision']} when the call was made; the policies have changed since."
    if explanation.get("Missing"):
        yield f"  That is not certain, since these were not collected: {', '.join(explanation['Missing'])}"
    for statement in explanation["DecidingStatements"]:
        yield f"  {statement_line(statement)}"
        yield from (f"    {line}" for line in condition_lines(statement))
    yield "Way:"
    for stage in explanation["Way"]:
        yield f"  {stage['PolicyType']:9} {_SAID[stage['Said']]}"
        for statement in stage["Statements"]:
            yield f"    {'✓' if statement['Applied'] else '·'} {statement_line(statement)}{_short_of(statement)}"
            yield from (f"        {line}" for line in condition_lines(statement))
    if explanation["MissingContextKeys"]:
        yield f"Keys that the request does not have: {', '.join(explanation['MissingContextKeys'])}"
    for number, change in enumerate(explanation["Changes"], 1):
        yield f"Smallest change{f' {number}' if number > 1 else ''} (then {change['Decision']}):"
        for edit in change["Edits"]:
            yield f"  {edit['Summary']}"
            yield from (f"    {line}" for line in edit["Diff"])
    if not explanation["Changes"]:
        yield "No change of a policy of this account turns it."


def _short_of(statement: Shown) -> str:
    short = [
        what
        for what, member in (("principal", "PrincipalMatched"), ("resource", "ResourceMatched"))
        if not statement[member]
    ]
    return f": another {' and another '.join(short)}" if short else ""
