"""What an account wants of Trusted Advisor: how often it looks by itself, who is told of changes, and who gets the digest."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from garrison.store import GLOBAL_REGION, Resource

if TYPE_CHECKING:
    from garrison.services.call import Parts
    from garrison.store import Unit

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


class Preferences(Resource, frozen=True, kw_only=True):
    """An account's preferences; what is not set is as here."""

    resource_type: ClassVar[str] = "Garrison::TrustedAdvisor::Preferences"
    identity: ClassVar[tuple[str, ...]] = ("name",)
    is_global: ClassVar[bool] = True

    name: str = "preferences"
    refresh_hours: int = 24
    """How often all checks are refreshed; 0: only when somebody asks."""
    event_topic: str = ""
    """The ARN of the topic that each change of a resource's status is published to."""
    digest_topic: str = ""
    """The ARN of the topic that the weekly digest is published to."""
    digest_since: datetime | None = None
    """When the topic was named: the first digest comes at the next time after it."""
    digest_day: str = "MON"
    digest_hour: int = 7
    """In UTC."""
    language: str = "en"
    """Of the digest."""

    @property
    def arn(self) -> str:
        """Their ARN, Garrison's own."""
        return f"arn:aws:trustedadvisor::{self.account}:preferences"


def preferences_in(unit: Unit, account: str) -> Preferences:
    """An account's preferences as a unit of it sees them."""
    return unit.get(Preferences, "preferences") or Preferences(account=account, region=GLOBAL_REGION)


def preferences_of(parts: Parts, account: str) -> Preferences:
    """An account's preferences, for work in the background."""
    with parts.store.reading(account, GLOBAL_REGION) as unit:
        return preferences_in(unit, account)
