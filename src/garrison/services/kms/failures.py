"""KMS's own refusals."""

from __future__ import annotations

from garrison.errors import ApiError


def not_found(what: str) -> ApiError:
    """NotFoundException."""
    return ApiError("NotFoundException", what)


def invalid_arn(what: str) -> ApiError:
    """InvalidArnException."""
    return ApiError("InvalidArnException", what)


def invalid(what: str) -> ApiError:
    """ValidationException: a request that contradicts itself, or that the key cannot take."""
    return ApiError("ValidationException", what, status=400)


def invalid_state(arn: str, state: str) -> ApiError:
    """KMSInvalidStateException: the key's state does not allow it (KMS developer guide, "Key states of AWS KMS keys")."""
    return ApiError("KMSInvalidStateException", f"{arn} is {state}.")


def disabled(arn: str) -> ApiError:
    """DisabledException."""
    return ApiError("DisabledException", f"{arn} is disabled.")


def unsupported(what: str) -> ApiError:
    """UnsupportedOperationException."""
    return ApiError("UnsupportedOperationException", what)


def limit_exceeded(what: str) -> ApiError:
    """LimitExceededException."""
    return ApiError("LimitExceededException", what)


def access_denied(who: str, action: str, arn: str, reason: str) -> ApiError:
    """AccessDeniedException that no policy is the reason of."""
    message = f"User: {who or 'anonymous'} is not authorized to perform: {action} on resource: {arn} because {reason}"
    return ApiError("AccessDeniedException", message, status=400)
