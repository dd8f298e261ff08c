"""CloudHSM's own refusals."""

from __future__ import annotations

from garrison.errors import ApiError


def invalid(message: str) -> ApiError:
    """CloudHsmInvalidRequestException."""
    return ApiError("CloudHsmInvalidRequestException", message)


def not_found(what: str) -> ApiError:
    """CloudHsmResourceNotFoundException."""
    return ApiError("CloudHsmResourceNotFoundException", what)


def failed(message: str) -> ApiError:
    """CloudHsmServiceException: what the configured tokens cannot do, or do not answer."""
    return ApiError("CloudHsmServiceException", message)


def wrong_tags(message: str) -> ApiError:
    """CloudHsmTagException."""
    return ApiError("CloudHsmTagException", message)
