"""Garrison's own state as items that its own checks read: read from the store and the machine, whether or not anybody records it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from garrison.items import GLOBAL, Item
from garrison.services.cloudtrail.delivery.state import TrailId, delivery_status
from garrison.services.cloudtrail.resources import Trail
from garrison.services.cloudwatch.resources import Alarm
from garrison.services.config.rules.naming import verdicts_of
from garrison.services.config.rules.resources import ConfigRule
from garrison.services.iam.credentials import ROOT, keys_of_user, root_arn
from garrison.services.iam.login_profiles import LoginProfile, password_last_used
from garrison.services.iam.mfa_devices import devices_of
from garrison.services.iam.policy_usage import every, usage_by_arn
from garrison.services.iam.resources import ManagedPolicy, User
from garrison.services.sns.resources import Subscription
from garrison.services.trustedadvisor.own_home import home_of
from garrison.store import GLOBAL_REGION
from garrison.verdicts import work

if TYPE_CHECKING:
    from garrison.services.background import Workplace
    from garrison.store import Unit

PREFIX = "Garrison::Own::"
"""What the types begin with."""
NEVER_STARTED = "home"
"""The name of a home that no server ran on yet: nodes are named when they start."""


class OwnState:
    """What there is of an account's state here."""

    def __init__(self, place: Workplace, account: str) -> None:
        self._place, self._account, self._at = place, account, place.clock.now()

    def items(self, types: Collection[str]) -> list[Item]:
        """The items of these types."""
        return [item for kind in types if kind in _MAKERS for item in _MAKERS[kind](self)]

    def _unit(self, region: str = GLOBAL_REGION) -> Any:
        return self._place.parts.store.reading(self._account, region)

    def _item(self, kind: str, name: str, arn: str, known: Mapping[str, Any], *, region: str = GLOBAL) -> Item:
        return Item(
            account=self._account,
            region=region,
            resource_type=PREFIX + kind,
            resource_id=name,
            arn=arn,
            configuration={key: _plain(value) for key, value in known.items()},
            captured_at=self._at,
        )

    def _keys(self) -> Iterator[Item]:
        recent = self._place.parts.recent
        with self._unit() as unit:
            for name, folded in [("", ROOT), *((user.name, user.folded) for user in every(unit, User))]:
                for key in keys_of_user(unit, folded):
                    used = recent.last_used(key.access_key_id)
                    known = {
                        "user": name or None,
                        "isActive": key.is_active,
                        "createdAt": key.created_at,
                        "lastUsedAt": used.at if used else None,
                    }
                    yield self._item("AccessKey", key.access_key_id, key.arn, known)

    def _root(self) -> Iterator[Item]:
        recent = self._place.parts.recent
        with self._unit() as unit:
            keys = keys_of_user(unit, ROOT)
            times = [use.at for key in keys if (use := recent.last_used(key.access_key_id)) is not None]
            signed_in = password_last_used(unit, self._account)
            known = {
                "lastUsedAt": max([*times, *([signed_in] if signed_in else [])], default=None),
                "activeKeys": sum(key.is_active for key in keys),
                "hasPassword": unit.get(LoginProfile, self._account) is not None,
                "hasMfa": bool(devices_of(unit, self._account)),
            }
        yield self._item("Root", self._account, root_arn(self._account), known)

    def _people(self) -> Iterator[Item]:
        with self._unit() as unit:
            for user in every(unit, User):
                if unit.get(LoginProfile, user.unique_id) is not None:
                    used = password_last_used(unit, user.unique_id)
                    known = {"hasMfa": bool(devices_of(unit, user.unique_id)), "passwordLastUsedAt": used}
                    yield self._item("ConsoleUser", user.name, user.arn, known)

    def _policies(self) -> Iterator[Item]:
        with self._unit() as unit:
            usage = usage_by_arn(unit)
            for policy in every(unit, ManagedPolicy):
                used = usage.get(policy.arn)
                known = {"uses": used.attachments + used.boundaries if used else 0, "updatedAt": policy.updated_at}
                yield self._item("Policy", policy.name, policy.arn, known)

    def _trails(self) -> Iterator[Item]:
        anchors = list(self._place.parts.settings.digest_anchors)
        with self._unit() as unit:
            for trail in unit.page(Trail):
                known = {
                    "isLogging": trail.is_logging,
                    "validates": trail.validates_log_files,
                    "anchors": anchors,
                    "deliveryError": _delivery_error(unit, trail),
                }
                yield self._item("Trail", trail.name, trail.arn, known, region=trail.home_region)

    def _alarms(self) -> Iterator[Item]:
        settings = self._place.parts.settings
        with self._unit(settings.region) as unit:
            heard: dict[str, int] = {}
            for alarm in unit.page(Alarm):
                topics = sorted({arn for arns in alarm.actions.values() for arn in arns})
                known = {
                    "state": alarm.state,
                    "actionsEnabled": alarm.actions_enabled,
                    "topics": [{"arn": arn, "subscribers": _subscribers(unit, arn, heard)} for arn in topics],
                    "sinks": len(settings.alarm_sinks),
                }
                yield self._item("Alarm", alarm.name, alarm.arn, known, region=alarm.region)

    def _rules(self) -> Iterator[Item]:
        parts = self._place.parts
        kept = verdicts_of(parts)
        if not kept.exists:
            return
        with self._unit(parts.settings.region) as unit:
            rules = list(unit.page(ConfigRule))
        with kept.reading() as db:
            states = {rule.key: work.state_of(db, rule.key) for rule in rules}
        for rule in rules:
            state = states[rule.key]
            begun, ended = state.invoked_at, state.evaluated_at or state.failed_evaluation_at
            took = (
                (ended - begun).total_seconds() if begun is not None and ended is not None and ended >= begun else None
            )
            known = {"seconds": took, "error": state.error_message}
            yield self._item("ConfigRule", rule.name, rule.arn, known, region=rule.region)

    def _home(self) -> Iterator[Item]:
        """The home belongs to the account that the server was made for."""
        if self._account == self._place.parts.settings.account_id:
            name = self._place.node if (self._place.home / "node").exists() else NEVER_STARTED
            yield self._item("Home", name, f"arn:aws:garrison::{self._account}:home/{name}", home_of(self._place))


_MAKERS: Mapping[str, Callable[[OwnState], Iterator[Item]]] = {
    f"{PREFIX}AccessKey": OwnState._keys,
    f"{PREFIX}Root": OwnState._root,
    f"{PREFIX}ConsoleUser": OwnState._people,
    f"{PREFIX}Policy": OwnState._policies,
    f"{PREFIX}Trail": OwnState._trails,
    f"{PREFIX}Alarm": OwnState._alarms,
    f"{PREFIX}ConfigRule": OwnState._rules,
    f"{PREFIX}Home": OwnState._home,
}


def _delivery_error(unit: Unit, trail: Trail) -> str | None:
    """The code of the error that the last delivery to the bucket, to the log group or of a digest ended with."""
    found = delivery_status(unit, TrailId(trail.account, trail.home_region, trail.name), trail.organization_id)
    return next((one.error for one in found if one is not None and one.error), None)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _subscribers(unit: Unit, topic: str, heard: dict[str, int]) -> int:
    """How many confirmed subscriptions a topic of the account and region has."""
    if topic not in heard:
        name = topic.rpartition(":")[2]
        found = unit.page(Subscription, where={"topic": name}) if f":{unit.account}:" in topic else ()
        heard[topic] = sum(one.is_confirmed for one in found)
    return heard[topic]
