"""The weekly digest as a text that a person reads in a minute, in English or Chinese."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from garrison.advised import Change, Standing
from garrison.advised.kept import ERROR, FIXED, FOUND, RETURNED, WARNING
from garrison.rules.advice import Category, Check

MOST_LINES = 20
"""Of each part."""
_ENGLISH = {
    "subject": "Trusted Advisor, {account}: {errors} to act on, {warnings} to look into, ${savings:,.2f} a month to save",
    "head": "Account {account}, {day:%Y-%m-%d}: following all advice saves ${savings:,.2f} a month.",
    "saved": "What was fixed saves ${saved:,.2f} a month.",
    "category": "{name}: {errors} to act on, {warnings} to look into, {ok} in order, {unknown} not known",
    ERROR: "To act on",
    WARNING: "To look into",
    FIXED: "Fixed since the last digest",
    RETURNED: "Back since the last digest",
    FOUND: "New since the last digest",
    "check": "- {name}: {count} resources",
    "savings": ", ${savings:,.2f} a month",
    "change": "- {name}: {resource}",
    "more": "- and {count} more",
    Category.COST_OPTIMIZING: "Cost",
    Category.PERFORMANCE: "Performance",
    Category.FAULT_TOLERANCE: "Fault tolerance",
    Category.SECURITY: "Security",
    Category.SERVICE_LIMITS: "Service limits",
}
_CHINESE = {
    "subject": "Trusted Advisor {account}: {errors} / {warnings}, ${savings:,.2f}",
    "head": "账户 {account}，{day:%Y-%m-%d}：采纳全部建议每月可节省 ${savings:,.2f}。",
    "saved": "已修复的问题每月节省 ${saved:,.2f}。",
    "category": "{name}：{errors} 项需处理，{warnings} 项需检查，{ok} 项正常，{unknown} 项未知",
    ERROR: "需处理",
    WARNING: "需检查",
    FIXED: "上次摘要以来已修复",
    RETURNED: "上次摘要以来再次出现",
    FOUND: "上次摘要以来新发现",
    "check": "- {name}：{count} 个资源",
    "savings": "，每月 ${savings:,.2f}",
    "change": "- {name}：{resource}",
    "more": "- 另有 {count} 项",
    Category.COST_OPTIMIZING: "成本",
    Category.PERFORMANCE: "性能",
    Category.FAULT_TOLERANCE: "容错",
    Category.SECURITY: "安全",
    Category.SERVICE_LIMITS: "服务限额",
}
LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": _ENGLISH, "zh": _CHINESE}


class Told(NamedTuple):
    """What a digest tells of."""

    account: str
    at: datetime
    standings: Sequence[Standing]
    changes: Sequence[Change]
    savings: float
    """US dollars a month that following all advice saves; each resource counts once."""
    saved: float
    checks: Mapping[str, Check]

    def count(self, status: str) -> int:
        """How many checks stand so."""
        return sum(one.status == status for one in self.standings)


def subject_of(told: Told, language: str) -> str:
    """The digest's subject; in ASCII, as subjects of topics are."""
    return LANGUAGES[language]["subject"].format(
        account=told.account, errors=told.count(ERROR), warnings=told.count(WARNING), savings=told.savings
    )


def text_of(told: Told, language: str) -> str:
    """The digest: what saves how much, how it stands by category, what is to be done, and what became of the rest."""
    words = LANGUAGES[language]
    lines = [words["head"].format(account=told.account, day=told.at, savings=told.savings)]
    if told.saved:
        lines.append(words["saved"].format(saved=told.saved))
    lines += ["", *_categories(told, words)]
    for status in (ERROR, WARNING):
        lines += _part(words, status, list(_checks(told, words, status, language)))
    for kind in (FIXED, RETURNED, FOUND):
        lines += _part(words, kind, list(_changes(told, words, kind, language)))
    return "\n".join(lines) + "\n"


def _part(words: Mapping[str, str], title: str, lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    more = [words["more"].format(count=len(lines) - MOST_LINES)] if len(lines) > MOST_LINES else []
    return ["", words[title], *lines[:MOST_LINES], *more]


def _categories(told: Told, words: Mapping[str, str]) -> Iterator[str]:
    for category in Category:
        of_it = [one for one in told.standings if told.checks[one.check_id].category is category]
        by_status = [sum(one.status == status for one in of_it) for status in (ERROR, WARNING, "ok", "not_available")]
        names = dict(zip(("errors", "warnings", "ok", "unknown"), by_status, strict=True))
        if of_it:
            yield words["category"].format(name=words[category], **names)


def _checks(told: Told, words: Mapping[str, str], status: str, language: str) -> Iterator[str]:
    for one in sorted(told.standings, key=lambda one: (-one.savings, -one.flagged, one.check_id)):
        if one.status == status:
            line = words["check"].format(name=_name(told.checks[one.check_id], language), count=one.flagged)
            yield line + (words["savings"].format(savings=one.savings) if one.savings else "")


def _changes(told: Told, words: Mapping[str, str], kind: str, language: str) -> Iterator[str]:
    for change in told.changes:
        if change.kind == kind and change.check_id in told.checks:
            name = _name(told.checks[change.check_id], language)
            yield words["change"].format(name=name, resource=change.resource_id)


def _name(check: Check, language: str) -> str:
    return check.chinese_name if language == "zh" else check.name
