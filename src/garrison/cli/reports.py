"""`garrison report`: how the account stands against best practices, each item with its evidence and its fix; and its events."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from garrison.cli.options import HomeOption, JsonOption, existing_home
from garrison.cli.output import Exit, emit, table
from garrison.cli.posture import OK, Finding, posture
from garrison.cli.trail_report import trail
from garrison.runtime.parts import open_parts
from garrison.services.iam.practices import Item, Requirement, View, by_requirement, report
from garrison.setting_sources import load_settings
from garrison.settings import Settings

application = typer.Typer(help="Reports on the account.", no_args_is_help=True)

_ALSO = {"trail": ("10.2.1", "Audit logs are on and whole"), "transport": ("4.2.1", "Data in transit is encrypted")}
"""Requirements of PCI DSS that checks of the account's posture, not of its IAM, are evidence for."""


@application.callback()
def reports() -> None:
    """Reports on the account."""


application.command("trail")(trail)


@application.command("iam")
def iam(
    home: HomeOption = None,
    pci: Annotated[bool, typer.Option("--pci", help="Show the report by requirement of PCI DSS v4.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Look at the account's users, roles, credentials and policies; exits with 4 where something needs attention."""
    settings = load_settings(existing_home(home).path)
    items = _items(settings)
    if pci:
        is_fine = _show_requirements(by_requirement(items), posture(settings), settings, as_json)
    else:
        is_fine = _show_items(items, settings, as_json)
    raise typer.Exit(Exit.OK if is_fine else Exit.ATTENTION)


def _items(settings: Settings) -> list[Item]:
    opened = open_parts(settings)
    try:
        with opened.parts.store.reading(settings.account_id, "global") as unit:
            return report(View(unit, opened.parts.recent, opened.clock.now()))
    finally:
        opened.close()


def _show_items(items: list[Item], settings: Settings, as_json: bool) -> bool:
    if as_json:
        emit({"account": settings.account_id, "items": [item.as_dict() for item in items]}, True)
    else:
        rows = [[_state(item.is_followed), item.title, "\n".join(item.evidence), item.fix] for item in items]
        table("IAM best practices", ["State", "Practice", "Evidence", "How to put it right"], rows)
    return all(item.is_followed for item in items)


def _show_requirements(
    requirements: list[Requirement], findings: list[Finding], settings: Settings, as_json: bool
) -> bool:
    shown: list[dict[str, Any]] = [
        {
            "requirement": each.number,
            "title": each.title,
            "state": _state(each.is_met),
            "items": [item.as_dict() for item in each.items],
        }
        for each in requirements
    ]
    for finding in findings:
        if finding.check in _ALSO:
            number, title = _ALSO[finding.check]
            item = {"check": finding.check, "state": finding.state, "evidence": [finding.what], "fix": finding.remedy}
            shown.append({"requirement": number, "title": title, "state": finding.state, "items": [item]})
    shown.sort(key=lambda each: [int(part) for part in each["requirement"].split(".")])
    if as_json:
        emit({"account": settings.account_id, "standard": "PCI DSS v4.0.1", "requirements": shown}, True)
    else:
        rows = [[each["requirement"], each["state"], each["title"], *_lines(each["items"])] for each in shown]
        table("PCI DSS v4.0.1", ["Requirement", "State", "What it asks", "Evidence", "How to put it right"], rows)
    return all(each["state"] == OK for each in shown)


def _lines(items: list[dict[str, Any]]) -> tuple[str, str]:
    """Evidence and fixes of the items that need attention, or what was looked at where none does."""
    open_items = [item for item in items if item["state"] != OK]
    if not open_items:
        return "\n".join(item.get("title") or item["evidence"][0] for item in items), ""
    evidence = "\n".join(line for item in open_items for line in item["evidence"])
    return evidence, "\n".join(dict.fromkeys(item["fix"] for item in open_items))


def _state(is_fine: bool) -> str:
    return OK if is_fine else "attention"
