"""`garrison who-can` and `garrison what-can`: over the account itself, or over a collected one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from garrison.cli.answers import (
    AccountOption,
    ContextOption,
    OrganizationOption,
    ResourcePoliciesOption,
    account_of,
    context_of,
    path_line,
)
from garrison.cli.options import HomeOption, JsonOption
from garrison.cli.output import emit, table
from garrison.cli.rooted import root_of
from garrison.gateway.local import LocalCaller


def who_can(
    action: Annotated[str, typer.Argument(help="The action, as s3:GetObject.")],
    resource: Annotated[str, typer.Argument(help="The resource's ARN.")] = "*",
    context: ContextOption = None,
    account: AccountOption = None,
    resource_policies: ResourcePoliciesOption = None,
    scps: OrganizationOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List who can do an action on a resource, directly or by assuming roles, each with the statements that let them."""
    asked = {"Action": action, "Resource": resource, "Context": context_of(context)}
    with root_of(home) as (_, root):
        pages = list(_pages(root, asked | account_of(account, resource_policies, scps)))
    answer = {"Answers": [one for page in pages for one in page["Answers"]], "Missing": pages[0]["Missing"]}
    if as_json:
        emit(answer, True)
        return
    rows = [
        [one["Principal"], one["Certainty"], path_line(one["Path"]) + _missing(one.get("Missing"))]
        for one in answer["Answers"]
    ]
    table(f"Who can {action} on {resource}", ["Principal", "Certainty", "Why"], rows)


def what_can(
    principal: Annotated[str, typer.Argument(help="A user or role: an ARN, user/NAME, role/NAME.")],
    resource: Annotated[str | None, typer.Argument(help="About this resource only.")] = None,
    context: ContextOption = None,
    account: AccountOption = None,
    resource_policies: ResourcePoliciesOption = None,
    scps: OrganizationOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what a principal can do, itself and through the roles that it can assume."""
    asked: dict[str, Any] = {"Principal": principal, "Context": context_of(context)}
    asked |= {"Resource": resource} if resource else {}
    with root_of(home) as (_, root):
        answer = root.call("garrison", "WhatCan", **asked, **account_of(account, resource_policies, scps))
    if as_json:
        emit(answer, True)
        return
    rows = [
        [
            one["Path"][-1]["Resource"] if one["Path"] else "itself",
            "\n".join(one["Actions"]),
            one["Resource"],
            one["Statement"] + _limits(one) + _missing(one["Missing"]),
        ]
        for one in answer["Capabilities"]
    ]
    table(f"What {answer['Principal']} can do", ["As", "Actions", "Resource", "By"], rows)


def _pages(root: LocalCaller, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    page = root.call("garrison", "WhoCan", **asked)
    yield page
    while "NextToken" in page:
        page = root.call("garrison", "WhoCan", **asked, NextToken=page["NextToken"])
        yield page


def _limits(capability: dict[str, Any]) -> str:
    parts = ["conditional"] if capability["Certainty"] == "conditional" else []
    if capability["ConditionKeys"]:
        parts.append(f"if {', '.join(capability['ConditionKeys'])}")
    if capability["Limits"]:
        parts.append(f"denied in part by {', '.join(capability['Limits'])}")
    return "".join(f"\n{part}" for part in parts)


def _missing(names: list[str] | None) -> str:
    return f"\nnot known: {', '.join(names)}" if names else ""
