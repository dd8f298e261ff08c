"""Advice as one page of HTML: no script, nothing loaded from elsewhere, and nothing in it can be more than text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from html import escape
from importlib.resources import files

from garrison.advising.report import Report, name_of
from garrison.rules.advice import Check, CheckResult, Status
from garrison.rules.advice.showing import money

MOST_SHOWN = 200
"""Resources that are shown of one check; the other formats have all."""
_CLASSES = {Status.ERROR: "high", Status.WARNING: "medium", Status.NOT_AVAILABLE: "informational", Status.OK: "low"}
_WORDS = {Status.ERROR: "act", Status.WARNING: "look into", Status.NOT_AVAILABLE: "cannot tell", Status.OK: "ok"}


def page(reports: Sequence[Report], version: str) -> str:
    """The whole page; `version` is Garrison's."""
    return "".join(_page(reports, version))


def _page(reports: Sequence[Report], version: str) -> Iterator[str]:
    title = f"Advice for {', '.join(report.account for report in reports) or 'no account'}"
    style = files("garrison.assess").joinpath("page.css").read_text(encoding="utf-8")
    yield (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head><body><header><h1>{escape(title)}</h1></header>"
    )
    for report in reports:
        yield from _of_account(report, with_title=len(reports) > 1)
    yield f"<footer>Made by Garrison {escape(version)}. Times are UTC.</footer></body></html>\n"


def _of_account(report: Report, *, with_title: bool) -> Iterator[str]:
    if with_title:
        yield f"<h2>Account {escape(report.account)}</h2>"
    counts = report.counts()
    yield (
        f"<p class=soft>{report.at:%Y-%m-%d %H:%M} UTC · {len(report.results)} checks on {report.items:,} resources · "
        f"{report.requests:,} requests</p><div class=top><ul class=tiles>"
        f"<li><b>{escape(money(report.savings) or '')}</b> a month can be saved</li>"
    )
    yield from (f"<li><b>{counts[status]:,}</b> {_WORDS[status]}</li>" for status in _WORDS)
    if report.since is not None and report.since.at is not None:
        yield (
            f"<li><b>{report.since.fixed:,}</b> fixed</li><li><b>{report.since.returned:,}</b> came back</li>"
            f"<li><b>{escape(money(report.since.saved_in_all) or '')}</b> a month saved so far</li>"
        )
    yield "</ul></div>"
    yield bars(report.by_service, "Savings a month by service")
    yield f"<p class=soft>{escape(of_prices(report))}</p><h2>Advice, what saves most first</h2>"
    if not report.flagged:
        yield "<p class=soft>None.</p>"
    for check, result in report.flagged:
        yield from _check(check, result, report.by_check.get(check.id))
    if report.unavailable:
        yield "<h2>What cannot be told</h2><p class=soft>What these checks need could not be seen, or not all of it.</p>"
        yield from _table(
            ("Check", "Why"), ((escape(check.name), escape(result.reason)) for check, result in report.unavailable)
        )


def of_prices(report: Report) -> str:
    """Which prices the savings are of, and what is not in them."""
    prices = report.prices
    told = f"Prices of {prices.at}: {prices.source}" if prices.at else "No prices are known."
    if report.unpriced:
        more = "1 more resource" if report.unpriced == 1 else f"{report.unpriced:,} more resources"
        told += f" Not in the sum is what {more} would save: that is not known."
    return told


def bars(amounts: Mapping[str, Decimal], title: str) -> str:
    """A bar for each amount, as long as it is large."""
    most = max(amounts.values(), default=Decimal())
    if not most:
        return ""
    height, drawn = 24, []
    for number, (name, amount) in enumerate(amounts.items()):
        top, width = number * height, 300 * amount / most
        drawn.append(
            f'<text x="0" y="{top + 15}">{escape(name)}</text><rect x="180" y="{top + 3}" width="{width:.1f}" height="16" '
            f'class="good" rx="3"/><text x="{190 + width:.1f}" y="{top + 15}" class="soft">{escape(money(amount) or "")}</text>'
        )
    box = len(amounts) * height
    return (
        f"<figure><figcaption>{escape(title)}</figcaption>"
        f'<svg viewBox="0 0 620 {box}" width="620" height="{box}" role="img" aria-label="{escape(title)}">{"".join(drawn)}</svg>'
        "</figure>"
    )


def _check(check: Check, result: CheckResult, savings: Decimal | None) -> Iterator[str]:
    grade = _CLASSES[result.status]
    saves = f" · {money(savings)} a month" if savings else ""
    yield (
        f"<details><summary><span class=count>{len(result.flagged):,}{escape(saves)}</span>"
        f'<span class="badge {grade}">{_WORDS[result.status]}</span>{escape(check.name)}</summary>'
        f"<p><b>Fix:</b> {escape(check.fix)}</p><p class=soft>{escape(' '.join(check.description.split()))} "
        f"<code>{escape(check.id)}</code></p>"
    )
    rows = (
        (
            f"{escape(name_of(one))}<br><span class=soft>{escape(one.region)}</span>",
            "<br>".join(
                f"<span class=soft>{escape(name)}:</span> {escape(value)}"
                for name, value in zip(check.columns, one.metadata, strict=True)
                if value is not None
            ),
            escape(money(one.monthly_savings) or ""),
        )
        for one in result.flagged[:MOST_SHOWN]
    )
    yield from _table(("Resource", "What was found", "Saves a month"), rows)
    if len(result.flagged) > MOST_SHOWN:
        yield f"<p class=soft>… and {len(result.flagged) - MOST_SHOWN:,} more.</p>"
    yield "</details>"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"<div class=wide><table><thead><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr></thead><tbody>"
    for row in rows:
        yield f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>"
    yield "</tbody></table></div>"
