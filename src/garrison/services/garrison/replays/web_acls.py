"""Replay a web ACL over the WAF log records of the lake: what it would have blocked, or no longer, by rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from garrison.arn import parse_arn
from garrison.services.garrison.faults import invalid
from garrison.services.wafv2.bundles import bundle_of
from garrison.services.wafv2.naming import at_arn
from garrison.services.wafv2.resources import WebACL
from garrison.waf.drafts import NoDraft, read_draft
from garrison.waf.program import Refused
from garrison.waf.recorded import Format, read
from garrison.waf.replay import Replay as WebAclReplay
from garrison.waf.supposing import Supposer

if TYPE_CHECKING:
    from garrison.services.background import Workplace
    from garrison.services.call import Parts
    from garrison.services.garrison.replays.resources import Replay
    from garrison.waf.bundle import Bundle

WEB_ACL = "WEB_ACL"
_LOOK_EVERY_RECORDS = 20_000


def draft_of(parts: Parts, replay: Replay) -> Bundle:
    """The web ACL that is replayed, completed by the one whose place it takes; raises ValidationException."""
    beside = _in_force(parts, replay) if replay.replaces is not None else None
    try:
        return read_draft((replay.document or "").encode(), beside=beside)
    except NoDraft as problem:
        raise invalid(f"The web ACL cannot be used: {problem}.") from None


def _in_force(parts: Parts, replay: Replay) -> Bundle:
    """A web ACL of the account itself."""
    arn = replay.replaces or ""
    named = parse_arn(arn)
    if named is None or (named.service, named.account) != ("wafv2", replay.account):
        raise invalid("Replaces must be the ARN of a web ACL of the account.")
    with parts.store.reading(named.account, named.region) as unit:
        found = at_arn(unit, WebACL, arn)
        if found is None:
            raise invalid("Replaces names no web ACL of the account.")
        return bundle_of(unit, found, None)


def replay_web_acl(place: Workplace, replay: Replay, goes_on: Callable[[int], bool]) -> dict[str, Any] | None:
    """What a draft changes about the recorded requests, of one web ACL where it replaces one; None where it was stopped."""
    try:
        run = WebAclReplay(Supposer(draft_of(place.parts, replay)))
    except Refused as problem:
        raise invalid(f"The web ACL cannot be used: {problem}.") from None
    for line in _records(place, replay):
        for recorded in read([line], Format.WAF):
            if recorded is None:
                run.unreadable += 1
            else:
                run.put(recorded, recorded.name)
        if run.requests % _LOOK_EVERY_RECORDS == _LOOK_EVERY_RECORDS - 1 and not goes_on(run.requests):
            return None
    found = run.shown()
    return {
        "Events": found["Requests"],
        "Skipped": found["Unreadable"],
        "Totals": found["Totals"],
        "Groups": [_group(one) for one in found["Groups"]],
    }


def _group(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "Effect": told["Effect"],
        "Rule": told["Rule"],
        "Count": told["Count"],
        "FirstEventTime": told["FirstTime"],
        "LastEventTime": told["LastTime"],
        "EventIds": [one["Name"] for one in told["Samples"]],
        "MissingKeys": told["Missing"],
        "Samples": told["Samples"],
    }


def _records(place: Workplace, replay: Replay) -> Iterator[bytes]:
    """The log records in order of time, a day after the other, so that no more than one of them is sorted at a time."""
    from garrison.lake.asking import Other, ask
    from garrison.lake.lake import Lake
    from garrison.lake.place import place_of
    from garrison.lake.shapes import WAF
    from garrison.services.wafv2.records.file import records_of
    from garrison.services.wafv2.records.lake import tail

    lake, file = Lake(place_of(place.parts.settings, place.node)), records_of(place.parts)
    others = {"waf": Other(WAF, lambda table: tail(file, table))}

    def asked(statement: str) -> Iterator[dict[str, Any]]:
        with ask(lake, statement, others=others) as answer:
            for batch in answer.batches():
                yield from batch.to_pylist()

    where = _condition(replay)
    (bounds,) = asked(f"SELECT min(eventTime) AS first, max(eventTime) AS last FROM waf WHERE {where}")
    first, last = bounds["first"], bounds["last"]
    if first is None:
        return
    day = first.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    while day <= last:
        after = day + timedelta(days=1)
        within = f"eventTime >= {_time(day)} AND eventTime < {_time(after)}"
        for row in asked(f"SELECT record FROM waf WHERE {where} AND {within} ORDER BY eventTime"):
            yield row["record"].encode()
        day = after


def _condition(replay: Replay) -> str:
    terms = [f"account = {_text(replay.of_account or replay.account)}"]
    if replay.replaces is not None:
        terms.append(f"webaclId = {_text(replay.replaces)}")
    if replay.start is not None:
        terms.append(f"eventTime >= {_time(replay.start)}")
    if replay.end is not None:
        terms.append(f"eventTime <= {_time(replay.end)}")
    return " AND ".join(terms)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _time(at: datetime) -> str:
    return _text(at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"))
