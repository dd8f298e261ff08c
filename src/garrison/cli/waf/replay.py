"""`garrison waf replay`: what a web ACL that is not in force would have blocked, or let through, of what is in logs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from garrison.cli.options import HomeOption, JsonOption
from garrison.cli.output import Exit, emit, plain, table
from garrison.cli.waf.logs import files_of, requests_in
from garrison.cli.waf.web_acls import ScopeOption, bundle_in, bundle_on_server
from garrison.errors import OperatorError
from garrison.waf.bundle import Bundle
from garrison.waf.program import Refused
from garrison.waf.recorded import Format
from garrison.waf.replay import Replay
from garrison.waf.supposing import Supposer

_SHOWN = 50
_SHOWN_SAMPLES = 3


def replay(
    draft: Annotated[Path, typer.Argument(help="The file of the web ACL that is not in force.")],
    logs: Annotated[
        list[Path],
        typer.Argument(help="WAF logs, access logs or HAR files, or folders of them, plain or gzip; - for stdin."),
    ],
    web_acl: Annotated[
        str | None, typer.Option("--web-acl", help="The web ACL in force, by its name or ARN on the server.")
    ] = None,
    against: Annotated[Path | None, typer.Option("--against", help="The web ACL in force, in a file.")] = None,
    scope: ScopeOption = "REGIONAL",
    kind: Annotated[
        Format | None, typer.Option("--format", help="The logs' format; else it is seen by how each begins.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a draft over logged requests: newly blocked, no longer blocked, by rule. Exit code 4 where it makes a difference."""
    current = bundle_on_server(home, web_acl, scope) if web_acl is not None else None
    if against is not None:
        current = bundle_in(against, current)
    run = Replay(_supposer(bundle_in(draft, current)), _supposer(current) if current is not None else None)
    for path in files_of(logs):
        run.feed(requests_in(path, kind), path.name)
    found = run.shown()
    if as_json:
        emit(found, True)
    else:
        show(found)
    if found["Totals"]:
        raise typer.Exit(Exit.ATTENTION)


def _supposer(bundle: Bundle) -> Supposer:
    try:
        return Supposer(bundle)
    except Refused as problem:
        raise OperatorError(f"The web ACL cannot be used: {problem}.", "Correct the rule.") from None


def show(found: dict[str, Any]) -> None:
    """Print what a replay found."""
    totals = ", ".join(f"{count} {effect}" for effect, count in sorted(found["Totals"].items())) or "no change"
    title = f"{found['Requests']} requests: {totals}"
    if found["Unreadable"]:
        title += f"; {found['Unreadable']} lines could not be read"
    rows = [_row(group) for group in found["Groups"][:_SHOWN]]
    table(title, ["Times", "Effect", "Rule", "First and last", "For instance"], rows)
    if len(found["Groups"]) > _SHOWN:
        print(f"{len(found['Groups']) - _SHOWN} more groups: see --json.")


def _row(group: dict[str, Any]) -> list[Any]:
    missing = f"\nwithout {', '.join(group['Missing'])}" if group["Missing"] else ""
    samples = [f"{one['Name']} {one['Method']} {one['Target']}" for one in group["Samples"][:_SHOWN_SAMPLES]]
    times = f"{group['FirstTime']}\n{group['LastTime']}"
    return [str(group["Count"]), group["Effect"] + missing, plain(group["Rule"]), times, plain("\n".join(samples))]
