"""`garrison sns`: what topics could not deliver."""

from __future__ import annotations

from typing import Annotated

import typer

from garrison.cli.options import HomeOption, JsonOption, existing_home
from garrison.cli.output import emit, table
from garrison.setting_sources import load_settings

application = typer.Typer(help="Look after SNS deliveries.", no_args_is_help=True)


@application.callback()
def _group() -> None:
    """A callback keeps this a group, though it has one command."""


@application.command("dead-letters")
def dead_letters(
    home: HomeOption = None,
    limit: Annotated[int, typer.Option(min=1, help="How many to show, the oldest first.")] = 1000,
    as_json: JsonOption = False,
) -> None:
    """List the messages that their endpoints did not take; they are kept for 14 days."""
    from garrison.runtime.parts import open_parts
    from garrison.services.organizations.members import accounts_here
    from garrison.services.sns import queue

    opened = open_parts(load_settings(existing_home(home).path))
    try:
        found = []
        for account in accounts_here(opened.parts):
            with opened.parts.store.reading(account, "global") as unit:
                found += queue.dead_letters(unit, limit=limit)
    finally:
        opened.close()
    found.sort(key=lambda letter: letter.at)
    rows = [
        {
            "at": letter.at.isoformat(),
            "topic": letter.message.topic_arn,
            "type": letter.message.type,
            "message_id": letter.message.id,
            "subscription": letter.delivery.subscription_arn,
            "endpoint": letter.delivery.endpoint,
            "attempts": letter.delivery.failures + 1,
            "reason": letter.reason,
            "subject": letter.message.subject,
            "message": letter.message.for_protocol(letter.delivery.protocol),
        }
        for letter in found[:limit]
    ]
    if as_json:
        emit({"dead_letters": rows}, True)
    else:
        shown = ("at", "topic", "endpoint", "attempts", "reason", "subject")
        table(
            "Dead letters",
            [name.capitalize() for name in shown],
            [[str(row[name] or "") for name in shown] for row in rows],
        )
