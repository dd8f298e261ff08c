"""What a field to match gives to statements, and how much of a request is inspected."""

from __future__ import annotations

from typing import Any

import msgspec

KIB = 1024


def text(name: bytes) -> str:
    """A name as a place: UTF-8 where it is, with other bytes escaped."""
    return name.decode("utf-8", "backslashreplace")


class Part(msgspec.Struct, frozen=True, gc=False, eq=False):
    """One value of a field, before any transformation."""

    name: str | bytes
    """The place, or bytes that say it: they become text only for the few values that match."""
    value: bytes

    @property
    def place(self) -> str:
        """Where it stands in the field: the name of the header, cookie or argument, or a JSON pointer; empty where there is but one."""
        return text(self.name) if isinstance(self.name, bytes) else self.name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Part) and (self.place, self.value) == (other.place, other.value)

    def __hash__(self) -> int:
        return hash((self.place, self.value))


class Parts(msgspec.Struct, frozen=True):
    """All values of a field. A statement that finds one of them matching matches."""

    values: tuple[Part, ...] = ()
    """None when the request lacks the component: nothing matches, as the guide says."""
    oversize: bool = False
    """Whether there is more than what is inspected."""
    verdict: bool | None = None
    """What oversize handling or a fallback decided already: True matches, False does not; None: look at the values."""


NOTHING = Parts()
MATCHES = Parts(verdict=True)
MATCHES_NOT = Parts(verdict=False)


class Limits(msgspec.Struct, frozen=True):
    """How much of a component is inspected.

    Source: https://docs.aws.amazon.com/waf/latest/developerguide/waf-oversize-request-components.html
    """

    body_bytes: int = 8 * KIB
    """8 KB for load balancers; `limits_of` reads what a web ACL says."""
    header_bytes: int = 8 * KIB
    """Of names and values together."""
    headers: int = 200
    cookie_bytes: int = 8 * KIB
    cookies: int = 200


DEFAULT_BODY_BYTES = 16 * KIB
"""Of the resources whose limit can be set, when it is not."""
MOST_BODY_BYTES = 64 * KIB


def limits_of(association_config: dict[str, Any] | None) -> Limits:
    """The limits that the AssociationConfig of a web ACL asks for: the largest of those that it names for kinds of resources.

    An adapter stands in front of all of them, and a larger limit inspects what a smaller one would.
    """
    settings = (association_config or {}).get("RequestBody") or {}
    sizes = [_bytes_of(str(setting.get("DefaultSizeInspectionLimit", ""))) for setting in settings.values()]
    return Limits(body_bytes=max(sizes)) if sizes else Limits()


def _bytes_of(size: str) -> int:
    """`KB_48` in bytes."""
    unit, _, number = size.partition("_")
    known = unit == "KB" and number.isdecimal()
    return min(int(number) * KIB, MOST_BODY_BYTES) if known else DEFAULT_BODY_BYTES
