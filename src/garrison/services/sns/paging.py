"""SNS's listings: pages of 100."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.page_tokens import key_of
from garrison.services.sns.failures import invalid

if TYPE_CHECKING:
    from garrison.services.call import Call

MOST_RESULTS = 100
"""Of one page (API reference, ListTopics)."""


def position(call: Call, request: Mapping[str, Any]) -> str | None:
    """The key after which the page begins."""
    token = request.get("NextToken")
    if not token:
        return None
    key = key_of(call, token)
    if key is None:
        raise invalid("NextToken")
    return key
