"""Refusals of STS, as a client sees them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def refused() -> Callable[..., tuple[str, str]]:
    """Makes a call that must be refused and gives the error's code and message."""

    def call(operation: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
        with pytest.raises(ClientError) as caught:
            operation(**parameters)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]

    return call
