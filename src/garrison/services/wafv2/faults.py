"""AWS WAF's refusals, in its own words."""

from __future__ import annotations

from garrison.errors import ApiError


def invalid(field: str, parameter: str, reason: str) -> ApiError:
    """WAFInvalidParameterException: what is wrong with which part of the request."""
    message = f"Error reason: {reason}, field: {field}, parameter: {parameter}"
    return ApiError(
        "WAFInvalidParameterException",
        message,
        members={"Field": field, "Parameter": parameter or "-", "Reason": reason},
    )


def nonexistent() -> ApiError:
    """There is no such resource."""
    return _unable("WAFNonexistentItemException", "your resource doesn’t exist")


def duplicate() -> ApiError:
    """There is another of this name or content."""
    return _unable("WAFDuplicateItemException", "some resource in your request is a duplicate of an existing one")


def outdated() -> ApiError:
    """The lock token is not that of the resource as it is now."""
    message = "AWS WAF couldn’t save your changes because someone changed the resource after you started to edit it. Reapply your changes."
    return ApiError("WAFOptimisticLockException", message)


def in_use() -> ApiError:
    """Something refers to the resource."""
    reason = "your resource is being used by another resource or it’s associated with another resource"
    return _unable("WAFAssociatedItemException", reason)


def limit_exceeded(source: str) -> ApiError:
    """A quota would be exceeded: `source` names what there would be too many of."""
    message = "AWS WAF couldn’t perform the operation because you exceeded your resource limit."
    return ApiError("WAFLimitsExceededException", message, members={"SourceType": source})


def not_built(what: str) -> ApiError:
    """WAFInvalidOperationException: it is valid, and nothing here does it."""
    return ApiError("WAFInvalidOperationException", f"{what} is not built here.")


def _unable(code: str, reason: str) -> ApiError:
    return ApiError(code, f"AWS WAF couldn’t perform the operation because {reason}.")
