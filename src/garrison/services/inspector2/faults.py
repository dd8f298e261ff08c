"""Inspector's refusals, in its own words."""

from __future__ import annotations

from garrison.errors import ApiError


def invalid(message: str, field: str | None = None) -> ApiError:
    """A value that cannot be."""
    members: dict[str, object] = {"reason": "FIELD_VALIDATION_FAILED" if field else "OTHER"}
    if field is not None:
        members["fields"] = [{"name": field, "message": message}]
    return ApiError("ValidationException", message, members=members)


def not_found(message: str) -> ApiError:
    """Something that is not there."""
    return ApiError("ResourceNotFoundException", message)


def denied(message: str) -> ApiError:
    """Something of an account that the caller has no say in."""
    return ApiError("AccessDeniedException", message)


def conflict(message: str, resource_id: str, resource_type: str) -> ApiError:
    """Something that goes against what is there."""
    return ApiError("ConflictException", message, members={"resourceId": resource_id, "resourceType": resource_type})
