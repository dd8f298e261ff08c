"""How advice is written: a table for people that leads with the sum, a page, and the forms that programs take."""

from __future__ import annotations

import io
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from csv import writer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from garrison import __version__, codec
from garrison.cli.output import plain, printable, save
from garrison.errors import OperatorError

if TYPE_CHECKING:
    from garrison.advising.report import Report
    from garrison.rules.advice import Advised, Check

MOST_CHECKS = 20
"""That the table shows: a minute's reading."""
EXAMPLES = 3
MOST_REASONS = 3
_COLUMNS = (
    "account", "check_id", "check", "category", "status", "region", "resource", "arn", "monthly_savings", "found", "reason",
    "fix",
)  # fmt: skip


def write(reports: Sequence[Report], form: str, output: Path | None, *, everything: bool) -> None:
    """Write it to a file or to standard output; where a file takes it, people get the sum."""
    if form == "table":
        _write_table(reports, output)
        return
    if form == "html":
        from garrison.advising.page import page

        made = page(reports, __version__).encode()
    elif form == "csv":
        made = _csv(reports, everything=everything).encode()
    else:
        made = codec.encode(_as_json(reports, everything=everything)) + b"\n"
    save(made, output)
    if output is not None:
        sys.stdout.write("".join(f"{headline(report)}\n" for report in reports) + f"Written to {output}.\n")


def headline(report: Report) -> str:
    """The sum, in one line."""
    from garrison.rules.advice.showing import money

    if report.savings:
        return f"Account {report.account} could save {money(report.savings)} a month."
    return f"Nothing is known to be saved in account {report.account}."


def _write_table(reports: Sequence[Report], output: Path | None) -> None:
    from rich.console import Console

    if output is None:
        for report in reports:
            _show(report, Console())
        return
    try:
        with output.open("w", encoding="utf-8") as stream:
            for report in reports:
                _show(report, Console(file=stream))
    except OSError as error:
        raise OperatorError(f"{output} cannot be written: {error.strerror}.", "Choose another file.") from None


def _show(report: Report, console: Any) -> None:
    from rich.table import Column, Table

    from garrison.advising.report import name_of
    from garrison.rules.advice.showing import money

    def say(text: str) -> None:
        console.print(printable(text), markup=False, highlight=False, soft_wrap=True)

    say(headline(report))
    if report.by_service:
        say("  " + ", ".join(f"{name} {money(amount)}" for name, amount in report.by_service.items()))
    shown = report.flagged[:MOST_CHECKS]
    if shown:
        example = Column("For example", overflow="fold")  # a name that is cut cannot be copied
        drawn = Table("", "Status", "Check", "Found", "Saves a month", example, title_justify="left")
        savings = report.by_check
        for number, (check, result) in enumerate(shown, 1):
            names = [name_of(one) for one in result.flagged[:EXAMPLES]]
            more = len(result.flagged) - EXAMPLES
            drawn.add_row(
                str(number), result.status.value, plain(check.name), f"{len(result.flagged):,}",
                money(savings[check.id]) if check.id in savings else "",
                plain("\n".join(names + ([f"… and {more:,} more"] if more > 0 else []))),
            )  # fmt: skip
        console.print(drawn)
        say("What to do:\n")
        for number, (check, _) in enumerate(shown, 1):
            say(f"  {number}  {check.fix}")
        say("")
    for line in _notes(report, len(shown)):
        say(line)


def _notes(report: Report, shown: int) -> Iterator[str]:
    from garrison.advising.page import of_prices

    if len(report.flagged) > shown:
        yield f"{len(report.flagged) - shown} more checks found something: --format html, csv or json tells of all."
    yield from _compared(report)
    missing = [result for _, result in report.unavailable]
    if missing:
        common = Counter(one.reason.partition("; ")[0] for one in missing).most_common(MOST_REASONS)
        yield (
            f"{len(missing)} checks cannot tell, or not of everything: "
            + "; ".join(reason for reason, _ in common)
            + "."
        )
    counts = ", ".join(f"{count} {status.value}" for status, count in report.counts().items() if count)
    yield f"{len(report.results)} checks on {report.items:,} resources: {counts}."
    yield of_prices(report)


def _compared(report: Report) -> Iterator[str]:
    from garrison.rules.advice.showing import money

    since = report.since
    if since is None or since.at is None:
        return
    yield (
        f"Since {since.at:%Y-%m-%d %H:%M} UTC: {since.fixed} fixed (that saves {money(since.saved)} a month), "
        f"{since.returned} came back, {since.found} new. Saved so far: {money(since.saved_in_all)} a month."
    )


def _rows(report: Report, *, everything: bool) -> Iterator[tuple[Check, Advised]]:
    for result in report.results:
        for one in result.resources:
            if everything or one.status.value != "ok":
                yield report.checks[result.check_id], one


def _csv(reports: Sequence[Report], *, everything: bool) -> str:
    from garrison.findings.rows import harmless

    out = io.StringIO()
    lines = writer(out, lineterminator="\r\n")
    lines.writerow(_COLUMNS)
    for report in reports:
        for check, one in _rows(report, everything=everything):
            found = "; ".join(
                f"{name}: {value}" for name, value in zip(check.columns, one.metadata, strict=True) if value is not None
            )
            savings = "" if one.monthly_savings is None else f"{one.monthly_savings:.2f}"
            cells = (
                report.account, check.id, check.name, check.category.value, one.status.value, one.region, one.resource_id,
                one.arn or "", savings, found, one.reason, check.fix,
            )  # fmt: skip
            lines.writerow([harmless(cell) for cell in cells])
    return out.getvalue()


def _as_json(reports: Sequence[Report], *, everything: bool) -> dict[str, Any]:
    return {
        "at": reports[0].at,
        "prices": {"at": reports[0].prices.at, "source": reports[0].prices.source},
        "accounts": [_account(report, everything=everything) for report in reports],
    }


def _account(report: Report, *, everything: bool) -> dict[str, Any]:
    since = report.since
    return {
        "account": report.account,
        "monthly_savings": round(float(report.savings), 2),
        "monthly_savings_by_service": {name: round(float(one), 2) for name, one in report.by_service.items()},
        "unpriced": report.unpriced,
        "resources": report.items,
        "requests": report.requests,
        "since": None if since is None else {
            "at": since.at, "found": since.found, "fixed": since.fixed, "returned": since.returned,
            "monthly_saved": round(float(since.saved), 2), "monthly_saved_in_all": round(float(since.saved_in_all), 2),
        },
        "checks": [
            {
                "id": result.check_id, "key": check.key, "name": check.name, "category": check.category.value,
                "status": result.status.value, "reason": result.reason or None, "fix": check.fix,
                "monthly_savings": round(float(report.by_check.get(check.id, 0)), 2),
                "resources": [
                    _resource(check, one) for one in result.resources if everything or one.status.value != "ok"
                ],
            }
            for result in report.results for check in (report.checks[result.check_id],)
        ],
    }  # fmt: skip


def _resource(check: Check, one: Advised) -> dict[str, Any]:
    savings = one.monthly_savings
    return {
        "resource": one.resource_id, "arn": one.arn, "region": one.region, "status": one.status.value,
        "metadata": dict(zip(check.columns, one.metadata, strict=True)),
        "monthly_savings": None if savings is None else round(float(savings), 2),
        "commands": [["aws", *words] for words in one.commands], "reason": one.reason or None,
    }  # fmt: skip
