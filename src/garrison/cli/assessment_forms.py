"""How an assessment is written: a table for people, a page, and the forms that programs take."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from garrison import __version__, codec
from garrison.cli.output import printable, save
from garrison.errors import OperatorError

if TYPE_CHECKING:
    from garrison.assess import Assessment, Score
    from garrison.findings import Exemption, Finding

EXAMPLES = 3
"""Resources that the table names of each check."""


class Format(StrEnum):
    """How an assessment is written."""

    TABLE = "table"
    HTML = "html"
    JSON = "json"
    CSV = "csv"
    ASFF = "asff"
    OCSF = "ocsf"
    SARIF = "sarif"
    JUNIT = "junit"


def write(
    assessment: Assessment, form: Format, output: Path | None, *, everything: bool, exemptions: Sequence[Exemption]
) -> None:
    """Write it to a file or to standard output; where a file takes it, people get a summary."""
    if form is Format.TABLE:
        _write_table(assessment, output, exemptions)
        return
    made = _made(assessment, form, everything=everything)
    save(made, output)
    if output is not None:
        sys.stdout.write(f"{summary(assessment)}\nWritten to {output}.\n")


def _made(assessment: Assessment, form: Format, *, everything: bool) -> bytes:
    from garrison import findings as forms
    from garrison.assess.page import page

    told = _told(assessment, everything=everything or form is Format.JUNIT)
    make: dict[Format, Callable[[], bytes]] = {
        Format.HTML: lambda: page(assessment, __version__).encode(),
        Format.JSON: lambda: codec.encode(_as_json(assessment, told)) + b"\n",
        Format.CSV: lambda: forms.csv(told).encode(),
        Format.ASFF: lambda: codec.encode([forms.asff(each, __version__) for each in told]) + b"\n",
        Format.OCSF: lambda: codec.encode([forms.ocsf(each, __version__) for each in told]) + b"\n",
        Format.SARIF: lambda: codec.encode(forms.sarif(told, __version__)) + b"\n",
        Format.JUNIT: lambda: forms.junit(told),
    }
    return make[form]()


def _told(assessment: Assessment, *, everything: bool) -> list[Finding]:
    from garrison.findings import State

    if everything:
        return assessment.findings
    return [each for each in assessment.findings if each.state in (State.FAILED, State.UNKNOWN)]


def _as_json(assessment: Assessment, told: Sequence[Finding]) -> dict[str, Any]:
    scores = assessment.scores
    return {
        "at": assessment.at,
        "accounts": list(assessment.items),
        "rules": len(assessment.chosen.rules),
        "resources": sum(map(len, assessment.items.values())),
        "requests": assessment.requests,
        "score": _score(scores.total),
        "failed": {severity.value: count for severity, count in scores.failed.items()},
        "packs": {name: _score(score) for name, score in scores.by_pack.items()},
        "services": {name: _score(score) for name, score in scores.by_service.items()},
        "not_seen": assessment.unseen,
        "not_applied": [
            {"rule": one.name, "pack": one.pack, "reason": one.reason} for one in assessment.chosen.left_out
        ],
        "findings": [
            codec.decode(codec.encode(each)) | {"id": each.id, "is_excused": each.is_excused} for each in told
        ],
    }


def _score(score: Score) -> dict[str, Any]:
    plain: dict[str, Any] = codec.decode(codec.encode(score))
    return plain | {"score": None if score.share is None else round(score.share, 4)}


def summary(assessment: Assessment) -> str:
    """What there is to say in one line."""
    total = assessment.scores.total
    share = "nothing was decided" if total.share is None else f"{int(total.share * 100)} % of what was decided passed"
    words = [f"{total.failed:,} failed", f"{total.passed:,} passed"]
    words += [
        f"{count:,} {what}" for count, what in ((total.excused, "excused"), (total.unknown, "not decided")) if count
    ]
    resources = sum(map(len, assessment.items.values()))
    counts = ((len(assessment.chosen.rules), "rule"), (resources, "resource"), (assessment.requests, "request"))
    looked_at = ", ".join(f"{count:,} {what}{'' if count == 1 else 's'}" for count, what in counts)
    return f"{', '.join(words)}: {share} ({looked_at})."


def _write_table(assessment: Assessment, output: Path | None, exemptions: Sequence[Exemption]) -> None:
    from rich.console import Console

    if output is None:
        show(assessment, Console(), exemptions)
        return
    try:
        with output.open("w", encoding="utf-8") as stream:
            show(assessment, Console(file=stream), exemptions)
    except OSError as error:
        raise OperatorError(f"{output} cannot be written: {error.strerror}.", "Choose another file.") from None


def show(
    assessment: Assessment, console: Any, exemptions: Sequence[Exemption] = (), title: str = "Failures, worst first"
) -> None:
    """Show people what failed, worst first, with the fixes below, and what else there is to know."""
    from rich.table import Table

    scores = assessment.scores
    if scores.by_pack:
        drawn = Table("Pack", "Score", "Failed", "Passed", title="Packs", title_justify="left")
        for name, score in scores.by_pack.items():
            share = "–" if score.share is None else f"{int(score.share * 100)} %"
            drawn.add_row(_plain(name), share, f"{score.failed:,}", f"{score.passed:,}")
        console.print(drawn)
    groups = _by_check(assessment.failures)
    if groups:
        drawn = Table("", "Severity", "Check", "Failed", "Found", title=title, title_justify="left")
        for number, found in enumerate(groups, 1):
            first = found[0]
            drawn.add_row(
                str(number),
                first.severity.value.lower(),
                _plain(first.check),
                f"{len(found):,}",
                _plain(_examples(found)),
            )
        console.print(drawn)
        console.print("\nHow to put it right:\n", markup=False, highlight=False)
        for number, found in enumerate(groups, 1):
            console.print(f"  {number}  {found[0].fix}", markup=False, highlight=False, soft_wrap=True)
        console.print()
    for line in _notes(assessment, exemptions):
        console.print(printable(line), markup=False, highlight=False, soft_wrap=True)
    console.print(summary(assessment), markup=False, highlight=False, soft_wrap=True)


def _by_check(failures: Sequence[Finding]) -> list[list[Finding]]:
    groups: dict[str, list[Finding]] = {}
    for finding in failures:
        groups.setdefault(finding.check, []).append(finding)
    return list(groups.values())


def _examples(found: Sequence[Finding]) -> str:
    lines = []
    for each in found[:EXAMPLES]:
        cause = f" ({each.cause.name} by {each.cause.who}, {each.cause.at:%Y-%m-%d %H:%M})" if each.cause else ""
        lines.append(f"{each.name}: {each.evidence}{cause}")
    more = len(found) - EXAMPLES
    return "\n".join(lines + ([f"… and {more:,} more"] if more > 0 else []))


def _notes(assessment: Assessment, exemptions: Sequence[Exemption]) -> list[str]:
    from garrison.findings import State, unused

    notes = []
    for finding in assessment.failures:
        if finding.excuse is not None:
            notes.append(
                f"An exception expired on {finding.excuse.until:%Y-%m-%d}, it counts again: {finding.check} of "
                f"{finding.name} ({finding.excuse.owner}: {finding.excuse.reason})."
            )
    notes += [
        f"No failure needs the exception of {each.rule} for {each.resource}."
        for each in unused(assessment.findings, exemptions)
    ]
    undecided = {one.check: one.evidence for one in assessment.findings if one.state is State.UNKNOWN}
    notes += [f"Not decided: {check}: {why}." for check, why in undecided.items()]
    notes += [f"Not seen: {one.resource_type} in {one.region}: {one.reason}." for one in assessment.unseen]
    left = [each for each in assessment.chosen.left_out if each.pack]
    if left:
        names = ", ".join(sorted({each.name for each in left}))
        notes.append(f"Not applied, of the packs: {names}.")
    return notes


def _plain(text: str) -> Any:
    from rich.text import Text

    return Text(printable(text))
