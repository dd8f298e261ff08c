"""`garrison init`: make the account a secured one, by a stack of our own template."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from garrison.cli.options import HomeOption, JsonOption, existing_home
from garrison.cli.output import Exit, emit, fail, table
from garrison.errors import OperatorError

if TYPE_CHECKING:
    from garrison.gateway.local import LocalCaller

_DEFAULT_NAME = "secured-account"
_WAIT_SECONDS = 300.0


def init(
    email: Annotated[str | None, typer.Option("--email", help="Whom the alarms tell; the parameter Email.")] = None,
    retention: Annotated[
        int | None, typer.Option("--retention", help="Days for which records are kept; the parameter RetentionDays.")
    ] = None,
    parameters: Annotated[
        list[str] | None,
        typer.Option("--parameters", help="NAME=VALUE of a parameter of the template; may be given several times."),
    ] = None,
    stack: Annotated[str, typer.Option("--stack", help="The stack's name.")] = _DEFAULT_NAME,
    print_template: Annotated[bool, typer.Option("--print", help="Print the template and do nothing.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be changed, and change nothing.")] = False,
    wait: Annotated[
        float, typer.Option("--wait", help="Seconds to wait for the stack; 0 does not wait.")
    ] = _WAIT_SECONDS,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Secure the account: a trail with validation, alarms, Config with a pack, an analyzer, a web ACL, CIS scans.

    All of it is a stack of a template that --print gives. The password policy and Inspector, which templates cannot set, are set
    beside it. May be run again: says what is another by now, and changes only that; parameters that are not given stay.
    """
    from garrison.cli.secured_account import template_text

    template = template_text()
    if print_template:
        emit({"template": template}, as_json, template.rstrip("\n"))
        return
    given = _given(email, retention, parameters or ())
    _deploy(existing_home(home).path, stack, template, given, wait, as_json, dry_run=dry_run)


def _given(email: str | None, retention: int | None, more: Iterable[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for each in more:
        name, equals, value = each.partition("=")
        if not equals or not name:
            raise OperatorError(f"{each} is no parameter.", "Give it as --parameters NAME=VALUE.")
        given[name] = value
    if email is not None:
        given["Email"] = email
    if retention is not None:
        given["RetentionDays"] = str(retention)
    return given


def _deploy(
    home: Path, name: str, template: str, given: dict[str, str], wait: float, as_json: bool, *, dry_run: bool
) -> None:
    from garrison.cli.rooted import root_of
    from garrison.runtime.running import running_server
    from garrison.setting_sources import load_settings
    from garrison.templates import parse

    declared = set(parse(template).parameters)
    if unknown := sorted(given.keys() - declared):
        raise OperatorError(f"The template has no parameter {unknown[0]}.", f"It has {', '.join(sorted(declared))}.")
    with root_of(home) as (place, root):
        if running_server(place) is None:
            cause = f"No server runs on {place.path}, and stacks are made by the server."
            raise typer.Exit(fail(cause, "Start one with `garrison up`.", as_json, Exit.NOT_RUNNING))
        if given.get("Email") and not load_settings(place.path).smtp_host:
            raise OperatorError(
                "No mail server is set, so nobody could be told by mail.",
                f"Set smtp_host and smtp_from in {place.settings_file} and restart (docs/alarms.md), or leave --email out.",
            )
        _bring(root, name, template, given, declared, wait, as_json, dry_run=dry_run)


def _bring(
    root: LocalCaller,
    name: str,
    template: str,
    given: dict[str, str],
    declared: set[str],
    wait: float,
    as_json: bool,
    *,
    dry_run: bool,
) -> None:
    """Bring the stack, and what is set beside it, to what the template says."""
    from garrison.cli.secured_account import SecuredStack, settings_beside

    secured = SecuredStack(root, name)
    left_out = secured.left_out() if secured.shown() is None else {}
    planned = secured.changes(template, left_out | given, declared, wait or _WAIT_SECONDS)
    beside = list(settings_beside(root))
    told: dict[str, Any] = {
        "stack": name,
        "changes": [_change(each) for each in planned.changes] if planned is not None else [],
        "beside": [{"name": each.name, "about": each.about} for each in beside],
        "left_out": sorted(left_out.keys() - given.keys()),
    }
    if not as_json:
        _say(told, dry_run=dry_run)
    if dry_run:
        if planned is not None:
            planned.drop()
        emit(told | {"status": None, "outputs": {}}, as_json)
        return
    for each in beside:
        each.set()
    if planned is not None:
        planned.execute()
    found = secured.wait(wait) if wait else secured.shown() or {}
    outputs = {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs") or ()}
    lines = [
        f"The stack {name} is at {found['StackStatus']}.",
        *(f"  {key}: {value}" for key, value in outputs.items()),
    ]
    emit(told | {"status": found["StackStatus"], "outputs": outputs}, as_json, "\n".join(lines))


def _change(change: dict[str, Any]) -> dict[str, Any]:
    """A change of a resource in short."""
    details = change.get("Details") or ()
    return {
        "action": change["Action"],
        "resource": change["LogicalResourceId"],
        "type": change["ResourceType"],
        "replacement": change.get("Replacement"),
        "properties": sorted({one["Target"].get("Name") or one["Target"]["Attribute"] for one in details}),
    }


def _say(told: dict[str, Any], *, dry_run: bool) -> None:
    changes = told["changes"]
    if changes:
        rows = [
            [one["action"], one["resource"], one["type"], ", ".join(one["properties"]), _replaced(one["replacement"])]
            for one in changes
        ]
        title = f"What {'would be' if dry_run else 'is'} changed in the stack {told['stack']}"
        table(title, ["", "Resource", "Type", "Properties", ""], rows)
    else:
        sys.stdout.write(f"Nothing is to be changed in the stack {told['stack']}.\n")
    for each in told["beside"]:
        sys.stdout.write(f"{'To be set' if dry_run else 'Set'} beside the stack: {each['name']} ({each['about']}).\n")
    for each in told["left_out"]:
        sys.stdout.write(f"Left out, since the account has one already: {each}=false.\n")
    sys.stdout.flush()


def _replaced(replacement: str | None) -> str:
    return {"True": "replaced", "Conditional": "perhaps replaced"}.get(replacement or "", "")
