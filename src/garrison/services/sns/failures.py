"""SNS's own refusals."""

from __future__ import annotations

from garrison.errors import ApiError


def invalid(reason: str) -> ApiError:
    """InvalidParameter in SNS's form."""
    return ApiError("InvalidParameter", f"Invalid parameter: {reason}")


def topic_not_found() -> ApiError:
    """There is no such topic."""
    return ApiError("NotFound", "Topic does not exist")


def subscription_not_found() -> ApiError:
    """There is no such subscription."""
    return ApiError("NotFound", "Subscription does not exist")
