"""The errors of Garrison's own API."""

from __future__ import annotations

from garrison.errors import ApiError


def invalid(message: str) -> ApiError:
    """ValidationException: the request cannot be answered as it is."""
    return ApiError("ValidationException", message)


def not_found(message: str) -> ApiError:
    """ResourceNotFoundException: what the request names is not there."""
    return ApiError("ResourceNotFoundException", message)
