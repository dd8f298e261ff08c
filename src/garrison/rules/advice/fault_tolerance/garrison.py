"""Garrison advises on itself: whether alarms reach somebody, and whether it has room, keeps up, and could be had back."""

from __future__ import annotations

from datetime import timedelta

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.result import Advised, Status
from garrison.rules.reading import Unseen, finite, flag, moment, objects, text

ALARM, HOME = "Garrison::Own::Alarm", "Garrison::Own::Home"
LITTLE_ROOM, NO_ROOM = 0.2, 0.1
"""Shares of the disk that are free."""
NEARLY_FULL, FULL = 80.0, 95.0
"""Percent of a ceiling."""
BEHIND, FAR_BEHIND = 10_000, 100_000
"""Events."""
BACKUP_AFTER, BACKUP_AT_LAST = timedelta(days=7), timedelta(days=30)
GIB = 1024**3


@check(
    None, "own-alarms-unheard", Category.FAULT_TOLERANCE, on=ALARM,
    name="Garrison: Alarms Nobody Hears", chinese_name="Garrison：无人接收的告警",
    columns=("Alarm", "Region", "State", "Actions Enabled", "Topics", "Subscribers"),
    fix="Give the alarm an SNS topic with a confirmed subscription, or name a sink in `alarm_sinks`.",
)  # fmt: skip
def unheard_alarm(alarm: Item, inputs: Inputs) -> Advised:
    """An alarm of Garrison's own account tells somebody: its actions are on, and a topic of theirs has a confirmed subscription.

    Source: Amazon CloudWatch User Guide, "Alarm actions"; docs/alarms.md.
    """
    topics = objects(alarm, "topics")
    subscribers = sum(int(finite(topic, "subscribers") or 0) for topic in topics)
    enabled, sinks = bool(flag(alarm, "actionsEnabled")), int(finite(alarm, "sinks") or 0)
    is_heard = bool(sinks) or (enabled and subscribers > 0)
    told = ("Yes" if enabled else "No", str(len(topics)), str(subscribers + sinks))
    status = Status.OK if is_heard else Status.ERROR
    return advised(alarm, status, alarm.resource_id, alarm.region, text(alarm, "state"), *told)


@check(
    None, "own-disk-room", Category.FAULT_TOLERANCE, on=HOME,
    name="Garrison: Disk Head-Room", chinese_name="Garrison：磁盘余量",
    columns=("Home", "Free (GiB)", "Free (%)", "Journal (% of its ceiling)", "Spools (% of their ceiling)"),
    fix="Make room or move the home to a larger disk; lower `retention_days` or `disk_ceiling_bytes` where that is enough.",
)  # fmt: skip
def little_room(home: Item, inputs: Inputs) -> Advised:
    """The home's disk has a fifth of its room free, and journal and spools stay below 80 % of their ceilings.

    Calls are refused where their events cannot be written any more, and the oldest events go where the journal reaches its ceiling.

    Source: docs/service.md.
    """
    free, total = finite(home, "freeBytes"), finite(home, "totalBytes")
    if free is None or not total:
        raise Unseen("the size of the disk is not known")
    share = free / total
    fullest = max(journal := finite(home, "journalPercent") or 0.0, spools := finite(home, "spoolPercent") or 0.0)
    if share < NO_ROOM or fullest >= FULL:
        status = Status.ERROR
    else:
        status = Status.WARNING if share < LITTLE_ROOM or fullest >= NEARLY_FULL else Status.OK
    shown = (f"{free / GIB:.1f}", f"{100 * share:.0f}", f"{journal:.0f}", f"{spools:.0f}")
    return advised(home, status, home.resource_id, *shown)


@check(
    None, "own-lag", Category.FAULT_TOLERANCE, on=HOME,
    name="Garrison: Events Waiting", chinese_name="Garrison：积压的事件",
    columns=("Home", "Events in the Outbox", "Events Not Indexed"),
    fix="Look at garrison.log for what holds up the background process; `garrison status` shows its figures.",
)  # fmt: skip
def lag(home: Item, inputs: Inputs) -> Advised:
    """Events do not wait long: fewer than 10,000 are in the outbox, or in the journal without being indexed.

    Source: docs/service.md.
    """
    waiting, behind = int(finite(home, "outbox") or 0), int(finite(home, "notIndexed") or 0)
    most = max(waiting, behind)
    status = Status.ERROR if most >= FAR_BEHIND else Status.WARNING if most >= BEHIND else Status.OK
    return advised(home, status, home.resource_id, str(waiting), str(behind))


@check(
    None, "own-backups", Category.FAULT_TOLERANCE, on=HOME,
    name="Garrison: Backups", chinese_name="Garrison：备份",
    columns=("Home", "Last Backup", "Days Ago"),
    fix="Run `garrison backup` from a timer every day, and keep the file on another machine.",
)  # fmt: skip
def old_backup(home: Item, inputs: Inputs) -> Advised:
    """The last backup is less than a week old. A home that is younger than that may have none.

    Source: docs/service.md.
    """
    last, begun = moment(home, "lastBackupAt"), moment(home, "createdAt")
    since = last or begun
    age = inputs.now - since if since is not None else BACKUP_AT_LAST
    status = Status.ERROR if age >= BACKUP_AT_LAST else Status.WARNING if age >= BACKUP_AFTER else Status.OK
    shown = (f"{last:%Y-%m-%d %H:%M}", str(age.days)) if last is not None else ("never", None)
    return advised(home, status, home.resource_id, *shown)
