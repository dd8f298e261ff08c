"""Managed rule groups whose version has come to its end: no release has one yet, so one is supposed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.wafv2 import managed_groups
from garrison.services.wafv2.managed_groups import managed_group
from garrison.waf.managed import versions

VENDOR, NAME, VERSION = "AWS", "AWSManagedRulesCommonRuleSet", "Version_1.0"


def test_a_version_can_be_named_until_it_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    real = versions
    end = date(2027, 3, 1)
    monkeypatch.setattr(
        managed_groups, "versions", lambda *named: tuple(replace(text, expires=end) for text in real(*named))
    )
    assert managed_group(VENDOR, NAME, VERSION, datetime(2027, 2, 28, tzinfo=UTC)).name == NAME
    with pytest.raises(ApiError) as caught:
        managed_group(VENDOR, NAME, VERSION, datetime(2027, 3, 1, tzinfo=UTC))
    assert caught.value.code == "WAFExpiredManagedRuleGroupVersionException"
    assert managed_group(VENDOR, NAME, None, datetime(2027, 3, 1, tzinfo=UTC)).name == NAME
