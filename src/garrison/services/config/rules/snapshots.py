"""Have programs judge when a snapshot was delivered, that ask for it (`ConfigurationSnapshotDeliveryCompleted` among a rule's triggers)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from garrison import codec
from garrison.rules.custom.events import SNAPSHOT
from garrison.services.config.rules.active import activated
from garrison.services.config.rules.naming import verdicts_of
from garrison.services.config.rules.resources import ConfigRule
from garrison.verdicts import work

if TYPE_CHECKING:
    from garrison.services.background import Workplace
    from garrison.services.config.recorder.resources import DeliveryChannel
    from garrison.verdicts.work import Asked


def ask_on_snapshot(place: Workplace, channel: DeliveryChannel, delivered: Mapping[str, str]) -> None:
    """Ask the rules of a channel's place to judge, telling of the snapshot; one that is asked again judges once more."""
    with place.parts.store.reading(channel.account, channel.region) as unit:
        rules = [activated(rule, place.parts.settings.custom_rules) for rule in unit.page(ConfigRule)]
    asked = [active.key for active in rules if active.is_on_snapshot]
    if asked:
        with verdicts_of(place.parts).writing() as db:
            for key in asked:
                work.ask(db, key, [(SNAPSHOT, codec.encode(delivered).decode())])


def snapshots_of(asked: list[Asked]) -> list[dict[str, str]]:
    """The snapshots that were delivered, of what is asked."""
    return [codec.decode(one.resource_id.encode()) for one in asked if one.resource_type == SNAPSHOT]
