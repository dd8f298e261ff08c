"""What checks look for, and what to do about it, in simplified Chinese: our translations, read of the data file beside."""

from __future__ import annotations

from typing import NamedTuple

from garrison.rules.advice.check import Category, Check
from garrison.rules.advice.dates import table


class Told(NamedTuple):
    """What is told of a check."""

    description: str
    fix: str


LIMIT = Told(
    "检查“{name}”的配额是否尚有余量：使用量低于 80%（否则为黄色），且没有用尽（否则为红色）。",
    "在用尽之前申请提高配额（RequestServiceQuotaIncrease），或删除不再使用的资源。",
)
"""Of every check of service limits."""


def in_chinese(check: Check) -> Told:
    """What is told of a check."""
    if check.category is Category.SERVICE_LIMITS:
        return Told(LIMIT.description.format(name=check.chinese_name), LIMIT.fix)
    return Told(**table("chinese.toml")[check.key])
