"""Config's refusals, in its own words."""

from __future__ import annotations

from garrison.errors import ApiError


def invalid_parameter(message: str) -> ApiError:
    """A value that goes with nothing."""
    return ApiError("InvalidParameterValueException", message)


def invalid_token() -> ApiError:
    """A token that is none, or belongs to another question."""
    return ApiError("InvalidNextTokenException", "The nextToken provided is invalid.")


def no_such_rule(name: str) -> ApiError:
    """A rule that is not there."""
    return ApiError(
        "NoSuchConfigRuleException",
        f"The ConfigRule '{name}' provided in the request is invalid. Please check the configRule name",
    )


def no_such_pack(name: str) -> ApiError:
    """A conformance pack that is not there."""
    return ApiError(
        "NoSuchConformancePackException", f"The conformance pack '{name}' provided in the request is invalid."
    )
