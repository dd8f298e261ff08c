"""A report as one page of HTML: no script, nothing loaded from elsewhere, and nothing in a finding can be more than text."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from importlib.resources import files

from garrison import __version__
from garrison.services.inspector.assessing.finishing import SEVERITIES
from garrison.services.inspector.reports.contents import Contents, Rule, Section, facts, ordered, title_of

POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"


def page(contents: Contents) -> bytes:
    """The whole page, UTF-8."""
    return "".join(_page(contents)).encode()


def _page(contents: Contents) -> Iterator[str]:
    title = escape(title_of(contents))
    style = files("garrison.assess").joinpath("page.css").read_text(encoding="utf-8")
    yield (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{style}</style></head><body><header><h1>{title}</h1></header><table>"
    )
    yield from (f"<tr><th>{label}</th><td>{escape(value)}</td></tr>" for label, value in facts(contents))
    yield "</table>"
    yield from _summary(contents)
    for section in contents.sections:
        yield from _section(section)
    yield from _excluded(contents)
    yield f"<footer>Made by Garrison {__version__}. Times are UTC.</footer></body></html>\n"


def _summary(contents: Contents) -> Iterator[str]:
    heads = "".join(f"<th>{name}</th>" for name in SEVERITIES)
    yield f"<h2>Findings by rules package</h2><table><tr><th>Rules package</th>{heads}</tr>"
    for section in contents.sections:
        cells = "".join(f"<td>{section.counts[name]:,}</td>" for name in SEVERITIES)
        yield f"<tr><td>{escape(section.package.name)} {escape(section.package.version)}</td>{cells}</tr>"
    yield "</table>"


def _section(section: Section) -> Iterator[str]:
    yield f"<h2>{escape(section.package.name)}</h2><p class=soft>{escape(section.package.description)}</p>"
    for rule in ordered(section):
        yield from _rule(rule)
    if section.left_out:
        yield f"<p>{section.left_out:,} findings of further rules are not shown here; ListFindings has them.</p>"
    if section.passed:
        yield "<h3>Passed</h3><table><tr><th>Rule</th><th>Hosts</th></tr>"
        yield from (f"<tr><td>{escape(name)}</td><td>{hosts:,}</td></tr>" for name, hosts in section.passed)
        yield "</table>"


def _rule(rule: Rule) -> Iterator[str]:
    made = rule.first
    severity = made.severity.lower()
    yield (
        f"<details open><summary><span class='badge {severity}'>{made.severity}</span>{escape(made.rule)}"
        f"<span class=count>{rule.count:,}</span></summary><p>{_text(made.description)}</p>"
        f"<p><b>Recommendation.</b> {_text(made.recommendation)}</p>"
    )
    if rule.hosts:
        more = f" and {rule.count - len(rule.hosts):,} more" if rule.count > len(rule.hosts) else ""
        yield f"<p class=soft>{escape(', '.join(rule.hosts))}{more}</p>"
    yield "</details>"


def _excluded(contents: Contents) -> Iterator[str]:
    if not contents.exclusions:
        return
    yield "<h2>Exclusions</h2><table><tr><th>What</th><th>About</th><th>Why</th><th>Recommendation</th></tr>"
    for one in contents.exclusions:
        about = ", ".join(value for _, value in one.scopes)
        cells = "".join(f"<td>{escape(text)}</td>" for text in (one.title, about, one.description, one.recommendation))
        yield f"<tr>{cells}</tr>"
    yield "</table>"


def _text(text: str) -> str:
    return escape(text).replace("\n", "<br>")
