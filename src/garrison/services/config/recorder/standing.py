"""How far recording and delivering are, as operational state of the account in a region."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

import msgspec

if TYPE_CHECKING:
    from garrison.store import Unit

NAMESPACE = "config"
PENDING, SUCCESS, FAILURE = "Pending", "Success", "Failure"


class Standing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far a recorder is."""

    position: int = 0
    """Of the journal: the changes up to there are recorded."""
    settings: str = ""
    """What of the recorder's settings decided what was recorded last; with others everything is looked at again."""
    whole_at: datetime | None = None
    """When everything was last looked at."""
    status: str = PENDING
    changed_at: datetime | None = None
    error: str | None = None
    message: str | None = None
    retry_at: datetime | None = None


class Export(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a kind of delivery stands."""

    number: int = 0
    """Versions up to this one are delivered."""
    attempted_at: datetime | None = None
    done_at: datetime | None = None
    error: str | None = None
    message: str | None = None
    asked: str | None = None
    """The id of a snapshot that was asked for and is to be delivered."""

    @property
    def status(self) -> str:
        """As the API says it."""
        if self.attempted_at is None:
            return "Not_Applicable"
        return SUCCESS if self.error is None else FAILURE


SNAPSHOT, HISTORY, STREAM = "snapshot", "history", "stream"
"""The kinds of deliveries."""
T = TypeVar("T", Standing, Export)


def standing_of(unit: Unit, region: str) -> Standing:
    """How the recorder of a region stands."""
    return _get(unit, Standing, f"recorder/{region}")


def put_standing(unit: Unit, region: str, standing: Standing) -> None:
    """Keep how the recorder stands."""
    unit.state_put(NAMESPACE, f"recorder/{region}", msgspec.json.encode(standing))


def recorded_regions(unit: Unit) -> list[str]:
    """The regions in which the account has, or had, a recorder."""
    prefix = "recorder/"
    return [entry.key.removeprefix(prefix) for entry in unit.state_page(NAMESPACE, prefix)]


def export_of(unit: Unit, region: str, kind: str) -> Export:
    """How a kind of delivery stands."""
    return _get(unit, Export, f"{kind}/{region}")


def put_export(unit: Unit, region: str, kind: str, export: Export) -> None:
    """Keep how a kind of delivery stands."""
    unit.state_put(NAMESPACE, f"{kind}/{region}", msgspec.json.encode(export))


def _get(unit: Unit, kind: type[T], key: str) -> T:
    entry = unit.state_get(NAMESPACE, key)
    return kind() if entry is None else msgspec.json.decode(entry.value, type=kind)
