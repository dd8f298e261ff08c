"""An assessment as one page of HTML: no script, nothing loaded from elsewhere, and nothing in a finding can be more than text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib.resources import files

from garrison.assess.assessment import Assessment
from garrison.assess.pictures import bars, ring, strip
from garrison.findings import Cause, Finding, State

MOST_SHOWN = 200
"""Resources that are shown of one check; the other formats have all."""


def page(assessment: Assessment, version: str) -> str:
    """The whole page; `version` is Garrison's."""
    return "".join(_page(assessment, version))


def _page(assessment: Assessment, version: str) -> Iterator[str]:
    accounts = ", ".join(assessment.items) or "no account"
    title = f"Assessment of {accounts}"
    style = files("garrison.assess").joinpath("page.css").read_text(encoding="utf-8")
    yield (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_text(title)}</title><style>{style}</style></head><body>"
        f"<header><h1>{_text(title)}</h1><p>{assessment.at:%Y-%m-%d %H:%M} UTC · {len(assessment.chosen.rules)} rules on "
        f"{sum(map(len, assessment.items.values())):,} resources · {assessment.requests:,} requests</p></header>"
    )
    yield from _overview(assessment)
    yield from _failures(assessment.failures)
    excused = [finding for finding in assessment.findings if finding.is_excused]
    yield from _excused("Excused", excused)
    yield from _excused("Excuses that have expired", [one for one in assessment.failures if one.excuse is not None])
    yield from _unknown(assessment)
    yield f"<footer>Made by Garrison {_text(version)}. Times are UTC.</footer></body></html>\n"


def _overview(assessment: Assessment) -> Iterator[str]:
    scores = assessment.scores
    yield f"<div class=top>{ring(scores.total)}<ul class=tiles>"
    tiles = (
        (scores.total.failed, "failed"),
        (scores.total.passed, "passed"),
        (scores.total.excused, "excused"),
        (scores.total.unknown, "not decided"),
    )
    yield from (f"<li><b>{count:,}</b> {label}</li>" for count, label in tiles)
    yield from (
        f"<li><b>{count:,}</b> {severity.value.lower()}</li>" for severity, count in scores.failed.items() if count
    )
    yield f"</ul></div>{strip(scores.failed)}"
    yield bars(scores.by_pack, "Score by pack, worst first")
    yield bars(scores.by_service, "Score by service, worst first")


def _failures(failures: Sequence[Finding]) -> Iterator[str]:
    yield "<h2>Failures, worst first</h2>"
    if not failures:
        yield "<p class=soft>None.</p>"
    for check, found in _by_check(failures):
        first = found[0]
        severity = first.severity.value.lower()
        yield (
            f"<details{' open' if severity in ('critical', 'high') else ''}><summary><span class=count>{len(found):,}</span>"
            f'<span class="badge {severity}">{severity}</span>{_text(first.title)}</summary>'
            f"<p><b>Fix:</b> {_text(first.fix)}</p><p class=soft><code>{_text(check)}</code> {_text(first.source)}"
            f"{' · ' + _text(', '.join(first.standards)) if first.standards else ''}</p>"
        )
        rows = ((_resource(one), _text(one.evidence), _cause(one.cause)) for one in found[:MOST_SHOWN])
        yield from _table(("Resource", "What was found", "What brought it about"), rows)
        if len(found) > MOST_SHOWN:
            yield f"<p class=soft>… and {len(found) - MOST_SHOWN:,} more.</p>"
        yield "</details>"


def _excused(title: str, findings: Sequence[Finding]) -> Iterator[str]:
    if not findings:
        return
    yield f"<h2>{title}</h2>"
    rows = (
        (
            f"<code>{_text(one.check)}</code>",
            _resource(one),
            _text(one.excuse.reason),
            _text(one.excuse.owner),
            f"{one.excuse.until:%Y-%m-%d %H:%M}",
        )
        for one in findings[:MOST_SHOWN]
        if one.excuse is not None
    )
    yield from _table(("Check", "Resource", "Reason", "Owner", "Until"), rows)


def _unknown(assessment: Assessment) -> Iterator[str]:
    undecided = [finding for finding in assessment.findings if finding.state is State.UNKNOWN]
    if undecided:
        yield "<h2>Not decided</h2><p class=soft>What these checks need could not be seen: they count neither way.</p>"
        rows = (
            (f"<code>{_text(check)}</code>", f"{len(found):,}", _text(found[0].evidence))
            for check, found in _by_check(undecided)
        )
        yield from _table(("Check", "Resources", "Why"), rows)
    if assessment.unseen:
        yield "<h2>Not seen</h2>"
        seen = ((_text(one.resource_type), _text(one.region), _text(one.reason)) for one in assessment.unseen)
        yield from _table(("Type", "Region", "Reason"), seen)
    if assessment.chosen.left_out:
        yield "<h2>Rules not applied</h2>"
        left = (
            (f"<code>{_text(one.name)}</code>", _text(one.pack), _text(one.reason))
            for one in assessment.chosen.left_out
        )
        yield from _table(("Rule", "Pack", "Reason"), left)


def _by_check(findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.check, []).append(finding)
    return list(groups.items())


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"<div class=wide><table><thead><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr></thead><tbody>"
    for row in rows:
        yield f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>"
    yield "</tbody></table></div>"


def _resource(finding: Finding) -> str:
    where = f"{finding.region}, {finding.account}"
    return f"{_text(finding.name)}<br><code>{_text(finding.arn)}</code><br><span class=soft>{_text(where)}</span>"


def _cause(cause: Cause | None) -> str:
    if cause is None:
        return "<span class=soft>not known</span>"
    return (
        f"<code>{_text(cause.name)}</code> by <code>{_text(cause.who)}</code><br>"
        f"<span class=soft>{cause.at:%Y-%m-%d %H:%M:%S}, event {_text(cause.event_id)}</span>"
    )


def _text(text: str) -> str:
    """Escaped, and without control characters."""
    return escape("".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text))
