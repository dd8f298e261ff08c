"""The checks as the APIs of Support and Trusted Advisor show them."""

from __future__ import annotations

import html
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

from garrison.advised import Refresh
from garrison.rules.advice import OURS, Check, checks
from garrison.rules.advice.chinese import Told, in_chinese
from garrison.rules.registry import ACCOUNT

LANGUAGES = ("en", "ja", "zh", "fr", "de", "ko", "zh_TW", "it", "es", "pt_BR", "id")
"""Those that AWS has; names and descriptions are there in English and Chinese, and in English for the others."""
CHINESE = ("zh", "zh_TW")
SOURCE = "ta_check"
INTERVAL = timedelta(hours=1)
"""Between two refreshes of a check of AWS's, as AWS's answers show it."""
SHORT_INTERVAL = timedelta(minutes=5)
"""Of a check of Garrison's own, and of one that could not tell: who has given it what it lacks need not wait."""


@cache
def catalog() -> Mapping[str, Check]:
    """Every check, by id; loaded when first asked for."""
    return dict(checks())


class _Words(NamedTuple):
    source: str
    action: str


_SOURCE = "Source:"
"""What follows it in a description, to its end, is the page of AWS's that specifies the check."""
_WORDS = {False: _Words("Source: ", "Recommended Action"), True: _Words("来源：", "建议的操作")}


def name_in(check: Check, language: str | None) -> str:
    """A check's name in a language."""
    return check.chinese_name if language in CHINESE else check.name


def described(check: Check, language: str | None) -> str:
    """What a check looks for and what to do about it, as HTML: the Support API's descriptions are."""
    words = _WORDS[language in CHINESE]
    told = told_in(check, language)
    _, _, source = check.description.rpartition(_SOURCE)
    paragraphs = [*told.description.split("\n\n"), words.source + " ".join(source.split())]
    lines = [html.escape(" ".join(one.split()), quote=False) for one in paragraphs]
    lines.append(f"<b>{words.action}</b><br>\n{html.escape(told.fix, quote=False)}")
    return "\n<br>\n<br>\n".join(lines)


def described_plainly(check: Check, language: str | None) -> str:
    """The same as a text, without the source."""
    return " ".join(told_in(check, language).description.split())


def told_in(check: Check, language: str | None) -> Told:
    """What a check looks for, without its source, and what to do, in a language."""
    if language in CHINESE:
        return in_chinese(check)
    return Told(check.description.rpartition(_SOURCE)[0].strip(), check.fix)


def services_of(check: Check) -> list[str]:
    """The AWS services that a check looks at, as resource types name them."""
    types = [name for name in (*check.resource_types, *check.needs) if name != ACCOUNT]
    found = dict.fromkeys(name.split("::")[1] for name in types if name.count("::") >= 2 and name.startswith("AWS::"))
    return list(found) or (["Garrison"] if check.is_ours else ["IAM"])


def looks_at(check: Check, service: str | None) -> bool:
    """Whether a check looks at a service, however its name is written."""
    return service is None or service.lower() in {one.lower() for one in services_of(check)}


def summary_of(check: Check, language: str | None) -> dict[str, Any]:
    """A check as a `CheckSummary`."""
    from garrison.services.trustedadvisor.naming import check_arn

    return {
        "id": check.id,
        "arn": check_arn(check.id),
        "name": name_in(check, language),
        "description": described_plainly(check, language),
        "pillars": [check.category.value],
        "awsServices": services_of(check),
        "source": SOURCE,
        "metadata": numbered(check.columns),
        "resourceArnQueryable": not check.is_of_account,
        "awsResourceTypes": [name for name in check.resource_types if name != ACCOUNT],
        "checkGranularity": "account" if check.is_of_account else "resource",
    }


def numbered(values: tuple[str | None, ...]) -> dict[str, str]:
    """Values by their place, as Trusted Advisor shows columns and metadata; what is not known is left out."""
    return {str(number): value for number, value in enumerate(values) if value is not None}


def interval_of(state: Refresh) -> timedelta:
    """How long a check rests between two refreshes that are asked for."""
    return INTERVAL if state.is_telling and not state.check_id.startswith(OURS) else SHORT_INTERVAL
