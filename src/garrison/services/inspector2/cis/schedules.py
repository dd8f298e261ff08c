"""When CIS scans are due: once, daily, on days of the week, or on the first such day of the month, at a time of day somewhere.

Source: Inspector API reference, "Schedule".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from garrison.services.inspector2.faults import invalid
from garrison.services.inspector2.resources import CisSchedule, Time

_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_LOOK_BACK = timedelta(days=40)
"""Longer than from one time of any schedule to the next."""


def schedule_of(given: Mapping[str, Any]) -> CisSchedule:
    """The schedule that a request gives; raises ValidationException."""
    kinds = [kind for kind in ("oneTime", "daily", "weekly", "monthly") if kind in given]
    if len(kinds) != 1:
        raise invalid("Exactly one of oneTime, daily, weekly and monthly must be given.", "schedule")
    (kind,), inner = kinds, given[kinds[0]]
    if kind == "oneTime":
        return CisSchedule(kind=kind)
    days = tuple(dict.fromkeys(inner["days"])) if kind == "weekly" else (inner["day"],) if kind == "monthly" else ()
    start = inner["startTime"]
    return CisSchedule(kind=kind, at=Time(of_day=start["timeOfDay"], timezone=_known(start["timezone"])), days=days)


def shown(schedule: CisSchedule) -> dict[str, Any]:
    """A schedule as the API shows it."""
    if schedule.at is None:
        return {schedule.kind: {}}
    inner: dict[str, Any] = {"startTime": {"timeOfDay": schedule.at.of_day, "timezone": schedule.at.timezone}}
    if schedule.kind == "weekly":
        inner["days"] = list(schedule.days)
    if schedule.kind == "monthly":
        inner["day"] = schedule.days[0]
    return {schedule.kind: inner}


def latest_due(schedule: CisSchedule, after: datetime, until: datetime) -> datetime | None:
    """The last time of a schedule after one time and up to another: what was missed while nobody looked is made up for once."""
    if schedule.at is None:
        return after if after <= until else None
    zone, (hour, minute) = ZoneInfo(schedule.at.timezone), map(int, schedule.at.of_day.split(":"))
    first = max(after, until - _LOOK_BACK).astimezone(zone).date() - timedelta(days=1)
    day = until.astimezone(zone).date()
    while day >= first:
        if _is_meant(schedule, day):
            due = datetime.combine(day, time(hour, minute), zone).astimezone(UTC)
            if after < due <= until:
                return due
        day -= timedelta(days=1)
    return None


def _is_meant(schedule: CisSchedule, day: date) -> bool:
    if schedule.kind == "daily":
        return True
    is_day = _DAYS[day.weekday()] in schedule.days
    return is_day and (schedule.kind == "weekly" or day.day <= len(_DAYS))


def _known(timezone: str) -> str:
    try:
        ZoneInfo(timezone)
    except (KeyError, ValueError, OSError):
        raise invalid(f"There is no time zone {timezone}.", "schedule") from None
    return timezone
