"""`garrison diff` and `garrison timeline`: what became of an account's resources, and of one of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from garrison import codec
from garrison.cli.answers import time_of
from garrison.cli.options import HomeOption, JsonOption, existing_home
from garrison.cli.output import emit, plain, printable, table
from garrison.errors import OperatorError
from garrison.runtime.home import Home
from garrison.setting_sources import load_settings

if TYPE_CHECKING:
    from garrison.inventory import History, Resource, Version
    from garrison.inventory.comparing import Change, Comparison
    from garrison.inventory.differences import Difference

MOST_CHARACTERS = 120
"""Of a value in a table."""

AccountOption = Annotated[str | None, typer.Option("--account", help="An account's id; by default all that are known.")]


def diff(
    since: Annotated[str, typer.Argument(metavar="A", help="A time: 2026-01-31 or 2026-01-31T12:00:00Z.")],
    until: Annotated[str, typer.Argument(metavar="B", help="A later time, or now.")] = "now",
    account: AccountOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what appeared, changed and vanished between two times, and which verdicts turned."""
    from garrison.inventory.comparing import compare

    start, end = _time(since), _time(until)
    if start >= end:
        raise OperatorError(f"{since} is not before {until}.", "Give the earlier time first.")
    with _history(existing_home(home)) as history:
        accounts = [account] if account else history.accounts()
        made = [compare(history, each, start, end) for each in accounts]
    if as_json:
        emit({"accounts": [_as_json(each) for each in made]}, True)
        return
    for each in made:
        _show(each)


def timeline(
    arn: Annotated[str, typer.Argument(metavar="ARN", help="The resource's ARN.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell a resource's life: each change with the calls behind it, and each turn of a verdict."""
    place = existing_home(home)
    with _history(place) as history:
        item = history.at_arn(arn)
        if item is None:
            raise OperatorError(
                f"Nothing is known of {arn}.", "Collect it: garrison assess, with a profile of its account."
            )
        from garrison.inventory import Resource

        entries = sorted(_entries(history, Resource.of(item), place), key=lambda entry: entry["at"])
    if as_json:
        emit({"arn": arn, "resource_type": item.resource_type, "account": item.account, "entries": entries}, True)
        return
    rows = [[f"{entry['at']:%Y-%m-%d %H:%M:%S}", entry["what"], _detail(entry)] for entry in entries]
    table(
        printable(f"{item.resource_type} {arn}"), ["When", "What", ""], [[plain(cell) for cell in row] for row in rows]
    )


@contextmanager
def _history(home: Home) -> Iterator[History]:
    from garrison.inventory import INVENTORY_FILE, History

    if not (home.path / INVENTORY_FILE).exists():
        raise OperatorError("No resources have been recorded in this home.", "Record an account's: garrison assess.")
    with closing(History(home.path / INVENTORY_FILE)) as history:
        yield history


def _time(written: str) -> datetime:
    at = datetime.now(UTC) if written == "now" else time_of(written)
    assert at is not None
    return at


def _as_json(made: Comparison) -> dict[str, Any]:
    def change(one: Change) -> dict[str, Any]:
        item = one.item
        return {
            "resource_type": item.resource_type,
            "resource_id": item.resource_id,
            "arn": item.arn,
            "region": item.region,
            "at": one.at,
            "properties": one.properties,
        }

    return {
        "account": made.account,
        "from": made.since,
        "to": made.until,
        "appeared": [change(one) for one in made.appeared],
        "changed": [change(one) for one in made.changed],
        "vanished": [change(one) for one in made.vanished],
        "verdicts": [
            {
                "rule": _rule(one.rule),
                "resource_type": one.resource.resource_type,
                "resource_id": one.resource.resource_id,
                "region": one.resource.region,
                "before": one.before,
                "after": one.after,
                "annotation": one.annotation,
            }
            for one in made.turned
        ],
        "not_looked_at_before": [{"resource_type": kind, "region": region} for kind, region in made.new_types],
    }


def _show(made: Comparison) -> None:
    title = f"Account {made.account}, {made.since:%Y-%m-%d %H:%M} to {made.until:%Y-%m-%d %H:%M} UTC"
    rows = [["appeared", one.item.resource_type, one.item.arn, ""] for one in made.appeared]
    rows += [["vanished", one.item.resource_type, one.item.arn, ""] for one in made.vanished]
    rows += [
        ["changed", one.item.resource_type, one.item.arn, "\n".join(map(_difference, one.properties))]
        for one in made.changed
    ]
    if rows:
        table(title, ["", "Type", "Resource", "What"], [[plain(cell) for cell in row] for row in rows])
    else:
        typer.echo(f"{title}: nothing appeared, changed or vanished.")
    if made.turned:
        turned = [
            [
                _rule(one.rule),
                one.resource.resource_id,
                f"{one.before or 'not judged'} → {one.after or 'not judged'}",
                one.annotation,
            ]
            for one in made.turned
        ]
        table(
            "Verdicts that turned", ["Rule", "Resource", "", "Why"], [[plain(cell) for cell in row] for row in turned]
        )
    for kind, region in made.new_types:
        typer.echo(f"Not looked at before {made.since:%Y-%m-%d %H:%M}: {kind} in {region}.")


def _entries(history: History, resource: Resource, home: Home) -> Iterator[dict[str, Any]]:
    """What happened to a resource, each with its time."""
    from garrison.inventory.differences import differences
    from garrison.items import DELETED
    from garrison.runtime.changing_events import load

    events = load(home, load_settings(home.path), [resource.account])
    before: Version | None = None
    for version in history.versions(resource):
        item = version.item
        calls = [
            {"event": seen.cause.name, "source": seen.cause.source, "by": seen.cause.who, "at": seen.cause.at, "event_id": seen.cause.event_id}
            for seen in events.of(resource.account, resource.resource_type, (item.resource_id, item.arn, item.resource_name))
            if (before is None or seen.cause.at > before.item.captured_at) and seen.cause.at <= item.captured_at
        ]  # fmt: skip
        calls += [
            {"event": one.event_name, "source": one.event_source, "by": one.principal, "at": one.at, "event_id": one.event_id}
            for one in version.causes
            if one.event_id not in {call["event_id"] for call in calls}
        ]  # fmt: skip
        is_gone = item.status == DELETED
        what = "vanished" if is_gone else "first seen" if before is None else "changed"
        changes = [] if before is None or is_gone else differences(before.item, item)
        yield {"at": item.captured_at, "what": what, "properties": changes, "calls": calls}
        before = version
    for judgement in history.verdicts.of_resource(resource):
        judged = judgement.judged
        yield {
            "at": judgement.began_at,
            "what": judged.compliance.lower().replace("_", " "),
            "rule": _rule(judgement.rule),
            "annotation": judged.annotation,
        }


def _detail(entry: dict[str, Any]) -> str:
    if "rule" in entry:
        return f"{entry['rule']}: {entry['annotation']}".removesuffix(": ")
    lines = [_difference(one) for one in entry["properties"]]
    lines += [f"{call['event']} by {call['by']}, {call['at']:%Y-%m-%d %H:%M:%S}" for call in entry["calls"]]
    return "\n".join(lines)


def _difference(one: Difference) -> str:
    return f"{one.path}: {_value(one.old)} → {_value(one.new)}"


def _value(value: Any) -> str:
    if value is None:
        return "–"
    text = value if isinstance(value, str) else codec.encode(value).decode()
    return text if len(text) <= MOST_CHARACTERS else f"{text[: MOST_CHARACTERS - 1]}…"


def _rule(name: str) -> str:
    return name.removeprefix("assess:").removeprefix("config:")
