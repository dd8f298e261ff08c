"""How answers of Garrison's own API look in a terminal: statements, ways, diffs, and options that they share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from garrison.errors import OperatorError

Shown = Mapping[str, Any]

ContextOption = Annotated[
    list[str] | None, typer.Option("--context", help="A condition key with its value, KEY=VALUE; repeat it for more.")
]
AccountOption = Annotated[
    str | None,
    typer.Option(
        "--account", help="A file with the answer of GetAccountAuthorizationDetails, or a collected account's id."
    ),
]
ResourcePoliciesOption = Annotated[
    Path | None,
    typer.Option(
        "--resource-policies", help="JSON: a list of {Resource, Account, Policy}. Without it they are not known."
    ),
]
OrganizationOption = Annotated[
    Path | None,
    typer.Option(
        "--scps", help="JSON: an organization's tree, or SCP levels by account. Without it they are not known."
    ),
]


def context_of(written: Iterable[str] | None) -> dict[str, list[str]]:
    """The values of `--context KEY=VALUE`; a key given twice has several."""
    found: dict[str, list[str]] = {}
    for pair in written or ():
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise OperatorError(f"{pair} is no KEY=VALUE.", "Write --context aws:SourceIp=203.0.113.9.")
        found.setdefault(key, []).append(value)
    return found


def account_of(account: str | None, resource_policies: Path | None, scps: Path | None) -> dict[str, Any]:
    """The `Account` parameter that the options ask for; nothing for Garrison's own account."""
    if account is None:
        if resource_policies or scps:
            raise OperatorError("--resource-policies and --scps belong to another account.", "Give --account FILE.")
        return {}
    if account.isdigit() and not Path(account).exists():
        return {"Account": {"AccountId": account}}
    files = {"AuthorizationDetails": Path(account), "ResourcePolicies": resource_policies, "Organization": scps}
    return {"Account": {member: _text_of(path) for member, path in files.items() if path is not None}}


def time_of(written: str | None) -> datetime | None:
    """A time as options give it: a date, or a date and time, UTC where no zone is given."""
    if written is None:
        return None
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise OperatorError(f"{written} is no time.", "Write 2026-01-31 or 2026-01-31T12:00:00Z.") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def statement_line(statement: Shown) -> str:
    """A statement in one line: its policy, its place, and the conditions with their values."""
    place = f" ({_lines(statement['StartLine'], statement['EndLine'])})" if "StartLine" in statement else ""
    name = statement.get("Sid") or f"statement {statement['Index'] + 1}"
    return f"{statement['Effect']} in {statement['PolicyType']} policy {statement['Policy']}, {name}{place}"


def _lines(first: int, last: int) -> str:
    return f"line {first}" if first == last else f"lines {first}–{last}"


def condition_lines(statement: Shown) -> list[str]:
    """A statement's conditions with the values that the policy wants and that the request had."""
    lines = []
    for condition in statement.get("Conditions") or ():
        actual = ", ".join(condition["ActualValues"]) if "ActualValues" in condition else "not in the request"
        mark = "met" if condition["Matched"] else "not met"
        wanted = ", ".join(condition["PolicyValues"])
        lines.append(f"{condition['Operator']} {condition['Key']} [{wanted}] {mark}: {actual}")
    return lines


def path_line(path: Iterable[Shown]) -> str:
    """A way in one line: who does what on what, step by step."""
    steps = []
    for step in path:
        reasons = ", ".join(f"{one['Policy']}#{one.get('Sid') or one['Index']}" for one in step.get("Statements") or ())
        needs = "; ".join(f"{key}={'|'.join(values)}" for key, values in (step.get("Context") or {}).items())
        steps.append(
            f"{step['Action']} on {step['Resource']} by {reasons or 'root'}{f' with {needs}' if needs else ''}"
        )
    return "\n".join(steps)


def _text_of(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{path} cannot be read: {error}.", "Give a file of JSON.") from None
