"""CloudWatch's refusals, in its own words."""

from __future__ import annotations

from garrison.errors import ApiError


def invalid_value(message: str) -> ApiError:
    """A parameter that has no such value."""
    return ApiError("InvalidParameterValue", message, status=400)


def invalid_combination(message: str) -> ApiError:
    """Parameters that do not go together."""
    return ApiError("InvalidParameterCombination", message, status=400)


def missing(message: str) -> ApiError:
    """A parameter that is not there."""
    return ApiError("MissingParameter", message, status=400)


def validation(message: str) -> ApiError:
    """What operations refuse that have no modelled exception for it."""
    return ApiError("ValidationError", message, status=400)


def invalid_token() -> ApiError:
    """A token that is none, or belongs to another question."""
    return ApiError("InvalidNextToken", "The NextToken is not valid for this request.", status=400)
