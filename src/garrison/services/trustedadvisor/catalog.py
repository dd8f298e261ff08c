"""The checks as the APIs of Support and Trusted Advisor show them."""

from __future__ import annotations

import html
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from garrison.rules.advice import OURS, Check, checks
from garrison.rules.registry import ACCOUNT

LANGUAGES = ("en", "ja", "zh", "fr", "de", "ko", "zh_TW", "it", "es", "pt_BR", "id")
"""Those that AWS has; names are there in English and Chinese, and in English for the others."""
CHINESE = ("zh", "zh_TW")
SOURCE = "ta_check"
INTERVAL = timedelta(hours=1)
"""Between two refreshes of a check of AWS's, as AWS's answers show it."""
OWN_INTERVAL = timedelta(minutes=5)
"""Of a check of Garrison's own."""


@cache
def catalog() -> Mapping[str, Check]:
    """Every check, by id; loaded when first asked for."""
    return dict(checks())


def name_in(check: Check, language: str | None) -> str:
    """A check's name in a language."""
    return check.chinese_name if language in CHINESE else check.name


def described(check: Check) -> str:
    """What a check looks for and what to do about it, as HTML: the Support API's descriptions are."""
    paragraphs = [html.escape(" ".join(one.split()), quote=False) for one in check.description.split("\n\n")]
    told = [*paragraphs, f"<b>Recommended Action</b><br>\n{html.escape(check.fix, quote=False)}"]
    return "\n<br>\n<br>\n".join(told)


def described_plainly(check: Check) -> str:
    """The same as a text, without the source."""
    paragraphs = [" ".join(one.split()) for one in check.description.split("\n\n")]
    return " ".join(one for one in paragraphs if not one.startswith("Source:"))


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
        "description": described_plainly(check),
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


def interval_of(check_id: str) -> timedelta:
    """How long a check rests between two refreshes that are asked for."""
    return OWN_INTERVAL if check_id.startswith(OURS) else INTERVAL
