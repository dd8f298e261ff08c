"""Why something could not be collected, in one word that people and rules can act on."""

from __future__ import annotations

from collections.abc import Iterable

NOT_ASKED = "NotAsked"
"""Why a part is unknown that nobody wanted."""


class NotAllowed(Exception):
    """The operation is not on the list of reading operations; it was not called."""


class BudgetSpent(Exception):
    """The collection has made as many requests as it may."""


DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthFailure",
        "AuthorizationError",
        "AuthorizationErrorException",
        "UnauthorizedOperation",
        "NotAuthorized",
        "Forbidden",
        "403",
    }
)
"""What services say where the caller lacks a permission."""


def reason_of(error: BaseException) -> str:
    """The service's error code, `AccessDenied` for all of its spellings; else what kind of failure it was."""
    code = code_of(error)
    if code:
        return "AccessDenied" if code in DENIED else code
    return type(error).__name__


def code_of(error: BaseException) -> str | None:
    """The error code that a service answered."""
    answered = getattr(error, "response", None)
    if not isinstance(answered, dict):
        return None
    code = (answered.get("Error") or {}).get("Code")
    return str(code) if code else None


def meant_by(error: BaseException, wanted: Iterable[str]) -> str | None:
    """Which of some error codes a failure is, if any. `Code: words` is the code with a message that has the words: some services
    give the same code where something is off and where one may not look.
    """
    found, told = code_of(error), str(error)
    for one in wanted:
        code, _, words = one.partition(": ")
        if code == found and words in told:
            return one
    return None
