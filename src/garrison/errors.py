"""The one error type that an API caller sees, and the ones that only an operator sees."""

from __future__ import annotations

from typing import Any


class GarrisonError(Exception):
    """Anything that Garrison itself raises on purpose."""


class OperatorError(GarrisonError):
    """Something the operator must put right: one cause and its remedy, shown without a traceback."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(f"{cause} {remedy}")
        self.cause = cause
        self.remedy = remedy


class ApiError(GarrisonError):
    """An answer in a service's error form.

    `code` is the wire code (`NoSuchEntity`) or the modelled shape's name (`NoSuchEntityException`); the wire layer finds
    the modelled exception by either and takes its HTTP status from there unless `status` is given. `members` are the further
    modelled members of the exception, by their model names.
    """

    def __init__(
        self, code: str, message: str, *, status: int | None = None, members: dict[str, Any] | None = None
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.members = members or {}
