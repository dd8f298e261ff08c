"""Lock sign-in after failures in a row, of people who are there and of names that are not alike.

A person's own failures from one address lock that address out soon; failures from everywhere lock the person out late, so that
a stranger does not easily keep one out. Names that are not there share a few thousand places, so that they fill no store.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from garrison.services.iam.attempts import count_failure, forget_failures, is_blocked

if TYPE_CHECKING:
    from garrison.store import Unit

NAMESPACE = "signin"
FREE_FROM_ONE_ADDRESS = 5
FREE_FROM_EVERYWHERE = 50
_PLACES_OF_NOBODY = 4096
_PLACES_OF_ADDRESSES = 1024


class Lockout:
    """The failures of one person, or of one name that is nobody's."""

    def __init__(self, unit: Unit, principal_id: str | None, name: str, address: str) -> None:
        subject = principal_id or f"nobody-{_place(f'{unit.account}/{name.lower()}', _PLACES_OF_NOBODY)}"
        self._unit = unit
        self._keys = (
            (f"{subject}/{_place(address, _PLACES_OF_ADDRESSES)}", FREE_FROM_ONE_ADDRESS),
            (subject, FREE_FROM_EVERYWHERE),
        )

    @property
    def is_locked(self) -> bool:
        """Whether no password is accepted now."""
        return sum(is_blocked(self._unit, NAMESPACE, key) for key, _ in self._keys) > 0

    def count_failure(self) -> None:
        """Count a failure."""
        for key, free in self._keys:
            count_failure(self._unit, NAMESPACE, key, free=free)

    def forget(self) -> None:
        """Start anew after a success."""
        for key, _ in self._keys:
            forget_failures(self._unit, NAMESPACE, key)


def _place(text: str, places: int) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") % places
