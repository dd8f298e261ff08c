"""Look at every recorded event by the operator's Sigma rules, as it comes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.decision_key import DECISION_KEY
from garrison.logs import get_logger
from garrison.services.cloudtrail.following import followed_of, watcher_of
from garrison.services.garrison.detection_file import FILE, Detection, DetectionFile
from garrison.services.garrison.events import Recorded
from garrison.services.garrison.service import service
from garrison.services.organizations.members import accounts_here

if TYPE_CHECKING:
    from garrison.detect.sigma import Loaded, Rule, RuleSet
    from garrison.journal import Entry
    from garrison.services.background import Workplace
    from garrison.settings import Settings

FOLDER = "detections"
"""The folder of the home with what was detected."""
_LOOK_EVERY_SECONDS = 0.5
"""How often it is looked whether the rules' files have changed."""

_log = get_logger(__name__)

Signature = tuple[tuple[str, int, int], ...]


def rules_of(settings: Settings) -> Loaded:
    """The rules that the settings name, and what of them is not used."""
    from garrison.detect.sigma import load_rules

    return load_rules(rule_paths(settings), settings.sigma_placeholders)


def rule_paths(settings: Settings) -> list[Path]:
    """The files and folders of rules; relative ones lie in the home."""
    return [path for path in (settings.home_path / name for name in settings.sigma_rules) if path.exists()]


class Detecting:
    """The consumer of the journal; it keeps its own offset with what it finds."""

    name = "detections"

    def __init__(self, place: Workplace) -> None:
        self._settings = place.parts.settings
        self._file = DetectionFile(place.home / FOLDER, sync=not self._settings.ephemeral)
        self._rules: RuleSet | None = None
        self._signature: Signature = ()
        self._look_at = 0.0

    @property
    def position(self) -> int:
        """The position of the last entry that was looked at."""
        return self._file.position

    def reset(self) -> None:
        """Look at the journal from its oldest entry on."""
        self._file.restart()

    def handle(self, entries: Sequence[Entry]) -> None:
        """Look at entries; those that were looked at before change nothing."""
        rules = self._current()
        found = [one for entry in entries for one in _detections(rules, entry.payload)] if rules is not None else []
        self._file.add(found, entries[-1].position)

    def look_at(self, place: Workplace, records: Sequence[bytes]) -> None:
        """Look at events that are followed; they count for the account that watches them. Twice is as once."""
        rules = self._current()
        if rules is None:
            return
        here = accounts_here(place.parts)
        found = [one for record in records for one in _detections(rules, record)]
        self._file.add([one._replace(account=watcher_of(place, one.account, here)) for one in found])

    def _current(self) -> RuleSet | None:
        """The compiled rules, read again where their files have changed."""
        if time.monotonic() >= self._look_at:
            signature = _signature(rule_paths(self._settings))
            if signature != self._signature:
                self._rules = self._read() if signature else None
                self._signature = signature
            self._look_at = time.monotonic() + _LOOK_EVERY_SECONDS
        return self._rules

    def _read(self) -> RuleSet:
        from garrison.detect.sigma import RuleSet

        loaded = rules_of(self._settings)
        for one in loaded.set_aside:
            _log.warning("sigma_rule_set_aside", place=one.place, reason=one.reason)
        _log.info("sigma_rules_read", rules=len(loaded.rules), set_aside=len(loaded.set_aside))
        return RuleSet(loaded.rules)


service.keeps(f"{FOLDER}/{FILE}")


@service.consumer
def detecting(place: Workplace) -> Detecting:
    """What looks at events by Sigma rules."""
    return Detecting(place)


@service.task("detections-of-followed-events", every=timedelta(seconds=1))
def look_at_followed(place: Workplace) -> None:
    """Look at what is followed live, as at what is recorded here."""
    stream = followed_of(place)
    if stream is None:
        return
    from garrison.lake.followed import DETECTIONS

    while (portion := stream.portion(DETECTIONS)) is not None:
        _followed(place).look_at(place, portion.records)
        stream.done(DETECTIONS, portion)


def _followed(place: Workplace) -> Detecting:
    if place.home not in _detecting:
        _detecting[place.home] = Detecting(place)
    return _detecting[place.home]


_detecting: dict[Path, Detecting] = {}


def _signature(paths: Sequence[Path]) -> Signature:
    """The rules' files with their times and sizes."""
    return tuple((str(path), found.st_mtime_ns, found.st_size) for path, found in _stats(paths))


def _stats(paths: Sequence[Path]) -> Iterator[tuple[Path, os.stat_result]]:
    for path in paths:
        for file in sorted(path.rglob("*.y*ml")) if path.is_dir() else [path]:
            try:
                yield file, file.stat()
            except OSError:
                continue  # gone meanwhile


def _detections(rules: RuleSet, payload: bytes) -> Iterator[Detection]:
    record: dict[str, Any] = codec.decode(payload)
    record.pop(DECISION_KEY, None)
    for rule in rules.matches(record):
        yield detection_of(rule, record)


def detection_of(rule: Rule, record: dict[str, Any]) -> Detection:
    """What is kept of an event that met a rule."""
    return Detection(
        account=record.get("recipientAccountId", ""),
        at=record["eventTime"],
        event_id=record["eventID"],
        rule_id=rule.id,
        level=rule.level,
        title=rule.title,
        authors=rule.authors,
        tags=" ".join(rule.tags),
        event_name=record.get("eventName", ""),
        event_source=record.get("eventSource", ""),
        principal=Recorded(record).principal_arn,
        source_address=record.get("sourceIPAddress", ""),
        region=record.get("awsRegion", ""),
    )
