"""One account for all tests of AWS WAF, and names that no other test uses."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from garrison.testing import Account
from garrison.testing.plugin import _account

_numbers = count(1)


@pytest.fixture(scope="package")
def account(pytestconfig: pytest.Config) -> Iterator[Account]:
    with _account(pytestconfig) as made:
        yield made


@pytest.fixture(scope="package")
def waf(account: Account) -> Any:
    return account.client("wafv2")


@pytest.fixture(scope="package")
def own(account: Account) -> Any:
    return account.client("garrison")


@pytest.fixture
def name() -> str:
    return f"name-{next(_numbers)}"
