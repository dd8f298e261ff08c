"""The preview's ARNs: `application/0-…/assessment/0-…/run/0-…` for what is `target/0-…/template/0-…/run/0-…` today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from garrison.errors import ApiError
from garrison.services.inspector.faults import invalid
from garrison.services.inspector.naming import find
from garrison.services.inspector.resources import AssessmentRun, AssessmentTarget, AssessmentTemplate

if TYPE_CHECKING:
    from garrison.services.call import Call

R = TypeVar("R", AssessmentTarget, AssessmentTemplate, AssessmentRun)

_WORDS = ((":target/", ":application/"), ("/template/", "/assessment/"))


def shown(arn: str) -> str:
    """Today's ARN as the preview writes it."""
    for now, then in _WORDS:
        arn = arn.replace(now, then, 1)
    return arn


def meant(arn: str) -> str:
    """The preview's ARN as today's; today's stay as they are."""
    for now, then in _WORDS:
        arn = arn.replace(then, now, 1)
    return arn


def named(call: Call, kind: type[R], request: Mapping[str, Any], member: str) -> R:
    """What a member of the request names; raises InvalidInputException or NoSuchEntityException."""
    return find(call.unit, kind, meant(request[member]))


def renamed(error: ApiError) -> ApiError:
    """An error as the preview calls it."""
    if error.code == "AssessmentRunInProgressException":
        return ApiError("OperationInProgressException", error.message)
    return error


def check_text(text: str, member: str, most: int = 140) -> str:
    """A name of a sensible length: the preview's model sets none."""
    if not 1 <= len(text) <= most:
        raise invalid("INVALID_INPUT", f"{member} must have 1 to {most} characters.")
    return text


__all__ = ["check_text", "meant", "named", "renamed", "shown"]
