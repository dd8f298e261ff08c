"""`garrison policy check` and `validate`: proofs and checks of policy files, for people and for pipelines.

Neither needs a server or an account: `--home` is taken as every command takes it, and not looked at.
"""

from __future__ import annotations

import enum
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from garrison import codec
from garrison.cli.options import HomeOption, JsonOption
from garrison.cli.output import Exit
from garrison.cli.sarif import SarifResult, sarif
from garrison.errors import OperatorError
from garrison.policy import Document, MalformedPolicy, PolicyKind, parse_document
from garrison.policy.analysis import NewAccess, Result, check_no_new_access
from garrison.policy.analysis.validation import MAX_POLICY_CHARACTERS, Finding, FindingType, validate_policy
from garrison.policy.analysis.validation.positions import JsonSyntaxError, Position, parse, text_of


class Form(enum.StrEnum):
    """How the answer is written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


class Kind(enum.StrEnum):
    """What a policy file is."""

    IDENTITY = "identity"
    RESOURCE = "resource"
    TRUST = "trust"
    SCP = "scp"
    RCP = "rcp"


PolicyFile = Annotated[Path, typer.Argument(help="A policy as JSON.", exists=True, dir_okay=False, readable=True)]
FormOption = Annotated[Form, typer.Option("--format", help="How the answer is written.")]
KindOption = Annotated[Kind, typer.Option("--type", help="What the policies are.")]

_LEVELS = {
    FindingType.ERROR: "error",
    FindingType.SECURITY_WARNING: "error",
    FindingType.WARNING: "warning",
    FindingType.SUGGESTION: "note",
}


def check(
    old: PolicyFile,
    new: PolicyFile,
    form: FormOption = Form.TEXT,
    kind: KindOption = Kind.IDENTITY,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Prove that NEW allows nothing that OLD does not, or show a request that it does.

    Exit code 1 where there is new access, or where neither could be shown.
    """
    form = Form.JSON if as_json else form
    text = _read(new)
    verdict = check_no_new_access(_document(text, new, kind), _document(_read(old), old, kind))
    spans = _statements(text)
    if form is Form.SARIF:
        results = [_as_sarif(reason, str(new), spans) for reason in verdict.reasons]
        _write(sarif(results, version("garrison")))
    elif form is Form.JSON:
        reasons = [_as_json(reason) for reason in verdict.reasons]
        _write({"result": verdict.result.value, "reasons": reasons})
    else:
        sys.stdout.write("\n".join(_as_text(verdict.result, verdict.reasons, str(new), spans)) + "\n")
    if verdict.result is not Result.PASS:
        raise typer.Exit(Exit.FAILED)


def validate(
    file: PolicyFile,
    form: FormOption = Form.TEXT,
    kind: KindOption = Kind.IDENTITY,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find what is wrong, risky or needless in a policy. Exit code 1 where there are errors or security warnings."""
    form = Form.JSON if as_json else form
    findings = validate_policy(_read(file), PolicyKind(kind.value))
    if form is Form.SARIF:
        _write(sarif([_finding_as_sarif(finding, str(file)) for finding in findings], version("garrison")))
    elif form is Form.JSON:
        _write({"findings": [_finding_as_json(finding) for finding in findings]})
    else:
        lines = [_finding_as_text(finding, str(file)) for finding in findings]
        sys.stdout.write("\n".join(lines or [f"{file}: nothing found"]) + "\n")
    if any(finding.finding_type in (FindingType.ERROR, FindingType.SECURITY_WARNING) for finding in findings):
        raise typer.Exit(Exit.FAILED)


def _read(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{file} cannot be read: {error}.", "Give a file with JSON in UTF-8.") from None
    if len(text) > MAX_POLICY_CHARACTERS:
        raise OperatorError(f"{file} has more than {MAX_POLICY_CHARACTERS} characters.", "Give a policy.")
    return text


def _document(text: str, file: Path, kind: Kind) -> Document:
    try:
        return parse_document(text, PolicyKind(kind.value))
    except MalformedPolicy as malformed:
        remedy = f"See garrison policy validate {file}, and --type for policies other than of identities."
        raise OperatorError(f"{file} is no valid policy: {malformed}", remedy) from None


def _statements(text: str) -> list[tuple[Position, Position]]:
    """Where each statement stands."""
    try:
        written = parse(text).member("Statement")
    except JsonSyntaxError:
        return []
    where = text_of(text)
    return [(where.position(one.start), where.position(one.end)) for one in (written.listed if written else ())]


def _write(value: Any) -> None:
    sys.stdout.write(codec.encode(value).decode() + "\n")


def _as_json(reason: NewAccess) -> dict[str, Any]:
    request, identity = reason.example.request, reason.example.identity
    caller = identity.arn or identity.service or identity.provider or "anonymous"
    return {
        "statement": reason.statement,
        "sid": reason.sid,
        "example": {
            "principal": caller,
            "action": request.action,
            "resource": request.resource,
            "context": dict(request.context),
        },
    }


def _as_text(
    result: Result, reasons: tuple[NewAccess, ...], file: str, spans: list[tuple[Position, Position]]
) -> list[str]:
    if result is Result.PASS:
        return [f"{file}: no new access"]
    if result is Result.UNKNOWN:
        return [f"{file}: too complex: neither new access nor its absence could be shown"]
    lines = []
    for reason in reasons:
        start = spans[reason.statement][0]
        lines.append(f"{file}:{start.line}:{start.column + 1}: new access in {_named(reason)}: {_example(reason)}")
    return lines


def _named(reason: NewAccess) -> str:
    return f"statement {reason.statement}" + (f" ({reason.sid})" if reason.sid else "")


def _example(reason: NewAccess) -> str:
    shown = _as_json(reason)["example"]
    context = "".join(f", {key} = {value}" for key, value in shown["context"].items())
    return f"{shown['principal']} may {shown['action']} on {shown['resource']}{context}"


def _as_sarif(reason: NewAccess, file: str, spans: list[tuple[Position, Position]]) -> SarifResult:
    start, end = spans[reason.statement]
    message = f"New access in {_named(reason)}: {_example(reason)}"
    return SarifResult("NEW_ACCESS", "error", message, file, start, end, properties=_as_json(reason)["example"])


def _finding_as_json(finding: Finding) -> dict[str, Any]:
    (place,) = finding.locations
    return {
        "issueCode": finding.issue_code,
        "findingType": finding.finding_type.value,
        "findingDetails": finding.details,
        "learnMoreLink": finding.learn_more_link,
        "path": [value for _, value in place.path],
        "line": place.start.line,
        "column": place.start.column,
    }


def _finding_as_text(finding: Finding, file: str) -> str:
    start = finding.locations[0].start
    return f"{file}:{start.line}:{start.column + 1}: {finding.finding_type} {finding.issue_code}: {finding.details}"


def _finding_as_sarif(finding: Finding, file: str) -> SarifResult:
    (place,) = finding.locations
    level = _LEVELS[finding.finding_type]
    return SarifResult(
        finding.issue_code, level, finding.details, file, place.start, place.end, finding.learn_more_link
    )
