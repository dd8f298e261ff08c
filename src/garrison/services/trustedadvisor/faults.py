"""Trusted Advisor's refusals, in its own words."""

from __future__ import annotations

from garrison.errors import ApiError


def invalid(message: str) -> ApiError:
    """A value that cannot be."""
    return ApiError("ValidationException", message)


def not_found(arn: str) -> ApiError:
    """Something that is not there."""
    return ApiError("ResourceNotFoundException", f"The resource {arn} was not found.")


def denied(message: str) -> ApiError:
    """Something of an organization that the caller has no say in."""
    return ApiError("AccessDeniedException", message)


def conflict(message: str) -> ApiError:
    """Something that goes against what is there."""
    return ApiError("ConflictException", message)
