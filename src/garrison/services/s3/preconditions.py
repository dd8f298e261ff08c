"""Conditions of a request on the object as it is (RFC 9110, 13; S3 User Guide, "Conditional requests")."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from garrison.errors import ApiError
from garrison.services.s3.failures import no_such_key, not_implemented, precondition_failed
from garrison.services.s3.resources import ObjectVersion


def check_reading(request: Mapping[str, Any], found: ObjectVersion, prefix: str = "") -> None:
    """PreconditionFailed or NotModified where a conditional read does not hold.

    `prefix` is that of the members' names: `CopySource` for the source of a copy.
    """
    modified_at = found.modified_at.replace(microsecond=0)
    match, none_match = request.get(f"{prefix}IfMatch"), request.get(f"{prefix}IfNoneMatch")
    since, unmodified_since = request.get(f"{prefix}IfModifiedSince"), request.get(f"{prefix}IfUnmodifiedSince")
    if match is not None:
        if not _names(match, found.etag):
            raise precondition_failed("If-Match")
    elif isinstance(unmodified_since, datetime) and modified_at > unmodified_since:
        raise precondition_failed("If-Unmodified-Since")
    if none_match is not None:
        if _names(none_match, found.etag):
            raise precondition_failed("If-None-Match") if prefix else _not_modified()
    elif isinstance(since, datetime) and modified_at <= since:
        raise precondition_failed("If-Modified-Since") if prefix else _not_modified()


def check_writing(request: Mapping[str, Any], top: ObjectVersion | None) -> None:
    """PreconditionFailed or NoSuchKey where a conditional write does not hold ("How to prevent object overwrites")."""
    current = top if top is not None and not top.is_marker else None
    none_match, match = request.get("IfNoneMatch"), request.get("IfMatch")
    if none_match is not None:
        if none_match.strip() != "*":
            raise not_implemented("If-None-Match with anything but *")
        if current is not None:
            raise precondition_failed("If-None-Match")
    if match is not None:
        if current is None:
            raise no_such_key(request["Key"])
        if not _names(match, current.etag):
            raise precondition_failed("If-Match")


def _names(header: str, etag: str) -> bool:
    """Whether a list of entity tags has this one; weak ones compare by their value."""
    tags = [tag.strip().removeprefix("W/").strip('"') for tag in header.split(",")]
    return "*" in tags or etag in tags


def _not_modified() -> ApiError:
    return ApiError("NotModified", "Not Modified", status=304)
