"""Support's refusals, in its own words."""

from __future__ import annotations

from collections.abc import Iterable

from garrison.errors import ApiError
from garrison.rules.advice import Check
from garrison.services.trustedadvisor.catalog import LANGUAGES, catalog


def invalid(message: str) -> ApiError:
    """A value that cannot be."""
    return ApiError("InvalidParameterValueException", message, status=400)


def checked_language(language: str | None) -> str:
    """A language that AWS has; without one, English."""
    if language is None:
        return "en"
    if language not in LANGUAGES:
        raise invalid(f"Invalid language: {language}")
    return language


def check_of(check_id: str) -> Check:
    """The check of an id."""
    found = catalog().get(check_id)
    if found is None:
        raise invalid(f"Unknown ID: {check_id}")
    return found


def checks_of(check_ids: Iterable[str]) -> list[Check]:
    """The checks of ids, each once, in the order that they are asked for."""
    return [check_of(check_id) for check_id in dict.fromkeys(check_ids)]
