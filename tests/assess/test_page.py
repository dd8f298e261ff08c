"""The page: scores as pictures, worst first, and nothing of an account in it that could be more than text."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import msgspec

from garrison.assess import Assessment, Chosen
from garrison.assess.page import page
from garrison.assess.pictures import percent
from garrison.findings import Cause, Excuse, Finding, Severity, State

AT = datetime(2026, 3, 1, tzinfo=UTC)
HOSTILE = '"><script>alert(1)</script>\x1b[31m\u202e&'
NOBODY = Cause(event_id=HOSTILE, name=HOSTILE, source="s3.amazonaws.com", at=AT, who=HOSTILE)
EXPIRED = Excuse(reason=HOSTILE, owner=HOSTILE, until=AT, is_expired=True)


def finding(check: str, severity: Severity, state: State = State.FAILED, **more: Any) -> Finding:
    fields: dict[str, Any] = {
        "title": f"title of {check}",
        "account": "111122223333",
        "region": "eu-west-1",
        "resource_type": "AWS::S3::Bucket",
        "resource_id": "b",
        "arn": f"arn:aws:s3:::{check}",
        "seen_at": AT,
    }
    return Finding(check=check, severity=severity, state=state, **fields | more)


class Outline(HTMLParser):
    """Tags with their attributes, as a browser reads the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def assessment(*findings: Finding) -> Assessment:
    chosen = Chosen((), {"first": ("bad",), "second": ("good", "bad")})
    return Assessment(AT, chosen, list(findings), [], {"111122223333": []}, 7)


def test_nothing_in_a_finding_is_more_than_text() -> None:
    hostile = dict.fromkeys(("title", "evidence", "fix", "source", "resource_name", "arn", "region"), HOSTILE)
    told = finding("bad", Severity.HIGH, **hostile, standards=(HOSTILE,), cause=NOBODY, excuse=EXPIRED)
    text = page(assessment(told, msgspec.structs.replace(told, state=State.UNKNOWN)), "0.1.0")
    outline = Outline(text)
    assert "script" not in outline.tags and "\x1b" not in text and "\u202e" not in text
    assert not any(name.startswith("on") or name in ("src", "href") for name, _ in outline.attributes)
    assert "default-src 'none'" in text and "http" not in text.replace("http-equiv", "")


def test_scores_are_drawn_worst_first_and_failures_too() -> None:
    low, critical = finding("low", Severity.LOW), finding("bad", Severity.CRITICAL)
    good = finding("good", Severity.LOW, State.PASSED)
    text = page(assessment(critical, low, good), "0.1.0")
    assert text.index(">first<") < text.index(">second<")
    assert text.index("title of bad") < text.index("title of low")
    assert 'aria-label="Score: 33 %"' in text and "Score by service, worst first" in text


def test_what_failed_is_never_drawn_as_perfect() -> None:
    assert (percent(1.0), percent(0.9999), percent(0.0)) == ("100", "99", "0")
    assert page(assessment(), "0.1.0").count("<svg") == 1  # nothing was decided: an empty ring and no bars
