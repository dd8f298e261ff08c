"""`garrison alarms`: the alarms over the account's own calls, set up in one step."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from garrison.cli.alarm_setup import AlarmSetup
from garrison.cli.options import HomeOption, JsonOption
from garrison.cli.output import Exit, emit, table
from garrison.cli.rooted import root_of
from garrison.errors import OperatorError
from garrison.setting_sources import load_settings
from garrison.settings import Settings

application = typer.Typer(help="Alarms over who does what in the account.", no_args_is_help=True)


@application.callback()
def alarms() -> None:
    """Alarms over who does what in the account."""


@application.command("enable")
def enable(
    email: Annotated[
        list[str] | None, typer.Option("--email", help="Whom to tell; may be given several times.")
    ] = None,
    bucket: Annotated[
        str | None, typer.Option("--bucket", help="The bucket of the trail, where one has to be made.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Watch for refused calls, failed sign-ins and changes to networks, instances, trails, IAM policies and buckets.

    Makes what is missing of a trail, its log group, metric filters, eleven alarms, a topic and its subscriptions. Addresses get
    a mail by which they confirm that they want to be told. May be run again, also to add an address.
    """
    with root_of(home) as (place, root):
        settings = load_settings(place.path)
        if email and not settings.smtp_host:
            raise OperatorError(
                "No mail server is set, so nobody could be told by mail.",
                f"Set smtp_host and smtp_from in {place.settings_file} and restart (docs/alarms.md), "
                "or leave --email out and name alarm_sinks.",
            )
        setup = AlarmSetup(root, settings.account_id, settings.region)
        setup.enable(email or (), bucket)
        found = setup.status()
    _show(found, settings, as_json)


@application.command("disable")
def disable(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Let the alarms tell nobody; they go on watching, and `garrison alarms enable` turns them on again."""
    with root_of(home) as (place, root):
        settings = load_settings(place.path)
        setup = AlarmSetup(root, settings.account_id, settings.region)
        setup.disable()
        found = setup.status()
    emit(found, as_json, "The alarms tell nobody now.")


@application.command("status")
def status(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show each alarm's state, and whether its events arrive and its word gets out; exits with 4 where something is missing."""
    with root_of(home) as (place, root):
        settings = load_settings(place.path)
        found = AlarmSetup(root, settings.account_id, settings.region).status()
    _show(found, settings, as_json)
    raise typer.Exit(Exit.ATTENTION if _missing(found, settings) else Exit.OK)


def _show(found: dict[str, Any], settings: Settings, as_json: bool) -> None:
    missing = _missing(found, settings)
    if as_json:
        emit(found | {"missing": missing}, True)
        return
    rows = [
        [each["name"], "on" if each["is_enabled"] else "off", each["state"] or "-", each["about"]]
        for each in found["alarms"]
    ]
    table("Alarms over the account's calls", ["Alarm", "", "State", "What it watches for"], rows)
    emit({}, False, "\n".join(["", *missing]) if missing else "\nEverything is in place.")


def _missing(found: dict[str, Any], settings: Settings) -> list[str]:
    """What keeps an alarm from being raised or heard, each with what to do."""
    lines = []
    off = [each["name"] for each in found["alarms"] if not each["is_enabled"]]
    if off:
        lines.append(
            f"{len(off)} of {len(found['alarms'])} alarms are off: garrison alarms enable --email you@example.com"
        )
    trail = found["trail"]
    if trail is not None and trail["error"]:
        lines.append(f"The trail {trail['name']} cannot deliver to the log group: {trail['error']}")
    pending = [each["endpoint"] for each in found["subscriptions"] if not each["is_confirmed"]]
    if pending:
        lines.append(f"To be confirmed by the link in the mail that was sent: {', '.join(pending)}")
    if not any(each["is_confirmed"] for each in found["subscriptions"]) and not pending:
        lines.append("Nobody is told: garrison alarms enable --email you@example.com")
    if any(each["protocol"].startswith("email") for each in found["subscriptions"]) and not settings.smtp_host:
        lines.append("No mail is sent: set smtp_host and smtp_from in garrison.toml (docs/settings.md).")
    return lines
