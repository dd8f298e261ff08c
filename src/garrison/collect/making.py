"""Make a configuration item of a row: its id, name, ARN, configuration, parts, tags and relationships."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from garrison.collect.answers import Answers
from garrison.collect.declaration import Part, Place, Type
from garrison.collect.failures import NOT_ASKED, BudgetSpent, meant_by, reason_of
from garrison.collect.names import names_of, written
from garrison.collect.paths import Row, every, filled, first, replaced, shape_at
from garrison.collect.ties import relationships
from garrison.items import GLOBAL, Item

REDACTED = "(redacted)"
"""Stands for what may hold a secret."""
_TAG_NAMES = (("Key", "Value"), ("key", "value"), ("TagKey", "TagValue"), ("tagKey", "tagValue"))


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the items of one service in one region of one account."""

    answers: Answers
    partition: str
    now: datetime
    with_secrets: bool = False
    parts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The parts that are wanted of a type; all, where it does not say."""

    def item(self, kind: Type, row: Row, regions: Collection[str] = ()) -> Item | None:
        """The item of a row; None where the resource lies in none of the regions. Raises BudgetSpent, and ValueError for a row that
        lacks what identifies a resource.
        """
        region = self._region(kind, row, regions)
        if region is None or (regions and region != GLOBAL and region not in regions):
            return None
        known = {"partition": self.partition, "account": self.answers.account, "region": region}
        resource_id, arn = filled(kind.id, row, known), filled(kind.arn, row, known)
        if resource_id is None or arn is None:
            raise ValueError("an answer without the resource's name")
        parts = _Parts(self, kind, row, region)
        wanted = self.parts.get(kind.name)
        for part in kind.parts:
            if wanted is None or part.title in wanted:
                parts.add(part)
            else:
                parts.unknown.append(f"{part.title}: {NOT_ASKED}")
        return Item(
            account=self.answers.account,
            region=region,
            resource_type=kind.name,
            resource_id=resource_id,
            resource_name=_last_word(first(row, kind.title)) if kind.title else None,
            arn=arn,
            configuration=self._configuration(kind, row, known, parts.configuration),
            captured_at=self.now,
            supplementary=parts.supplementary,
            tags=_tags(row, kind.tags) | parts.tags,
            relationships=relationships(kind.ties, row),
            availability_zone=_text(first(row, kind.zone)) if kind.zone else None,
            created_at=_time(first(row, kind.created)) if kind.created else None,
            unknown=tuple(parts.unknown),
        )

    def is_called(self, kind: Type, row: Row, names: Collection[str]) -> bool:
        """Whether a row's resource has one of these ids, names or ARNs; the account's id means what it has one of."""
        known = {"partition": self.partition, "account": self.answers.account, "region": self.answers.region}
        title = _last_word(first(row, kind.title)) if kind.title else None
        own = {filled(kind.id, row, known), filled(kind.arn, row, known), title, self.answers.account}
        return not own.isdisjoint(names)

    def _region(self, kind: Type, row: Row, regions: Collection[str]) -> str | None:
        """Where a row's resource lies; None where it is elsewhere than in the regions."""
        if kind.region is None:
            return str((first(row, kind.home) if kind.home else None) or self.answers.region)
        if kind.region == GLOBAL:
            return GLOBAL
        found = first(row, kind.region)
        return str(found) if found is not None else self.answers.region_of(kind, row, regions)

    def _configuration(self, kind: Type, row: Row, known: dict[str, str], added: dict[str, Any]) -> dict[str, Any]:
        value = row.value if self.with_secrets else redacted(row.value, kind.secrets)
        if isinstance(value, dict):
            tags = (
                () if kind.tags is None or kind.tags.startswith("^") else (kind.tags.split(".")[0].removesuffix("[]"),)
            )
            left = {*kind.drop, *tags}
            kept = value.items() if kind.only is None else ((name, value.get(name)) for name in kind.only)
            value = {name: each for name, each in kept if name not in left}
        made = written(value, row.shape, names_of(kind.name), kind.rename)
        told = {name: filled(path, row, known) for name, path in kind.added.items()}
        configuration = (made if isinstance(made, dict) else {}) | told | added
        return kind.shaped(configuration) if kind.shaped else configuration

    def redacted(self, value: Any, kind: Type) -> Any:
        """A part's value without what may be secret."""
        return value if self.with_secrets else redacted(value, kind.secrets)


@dataclass(slots=True)
class _Parts:
    """What further calls tell of one resource."""

    maker: Maker
    kind: Type
    row: Row
    region: str
    configuration: dict[str, Any] = field(default_factory=dict)
    supplementary: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    def add(self, part: Part) -> None:
        """Ask for a part; what cannot be seen is noted as unknown."""
        if part.when is not None and not part.when(self.row.value):
            return
        if self._is_ruled_out(part):
            if part.default is not None:
                self._put(part, part.default)
            return
        try:
            value = self._value(part)
        except BudgetSpent:
            raise
        except Exception as failure:  # any failure of one part leaves the others
            if meant_by(failure, part.absent) is None:
                self.unknown.append(f"{part.title}: {reason_of(failure)}")
                return
            value = part.default
        if value is not None:
            self._put(part, value)

    def _is_ruled_out(self, part: Part) -> bool:
        """Whether an earlier part says that there is none of this one."""
        if part.given is None or part.given[0] not in self.supplementary:
            return False
        name, leaves_room = part.given
        return not leaves_room(self.supplementary[name])

    def _value(self, part: Part) -> Any:
        """The value as Config writes it."""
        found = self._joined(part) if part.on else self.maker.answers.one(part.call, self.row, self._asked_in())
        if found is None:
            return part.default
        value = next(every(found, part.take), None)
        if value is None:
            return part.default
        value = self.maker.redacted(value, self.kind)
        if part.into is Place.TAGS:
            return _tag_map(value)
        names = names_of(
            self.kind.name, part.into if part.into is Place.CONFIGURATION else "supplementaryConfiguration"
        )
        names = names.under(part.name)
        made = written(value, shape_at(found.shape, part.take), names, self.kind.rename)
        return part.shaped(made) if part.shaped else made

    def _asked_in(self) -> str | None:
        return None if self.region == GLOBAL else self.region

    def _joined(self, part: Part) -> Row | None:
        assert part.on is not None
        rows, failures = self.maker.answers.rows(part.call)
        wanted = first(self.row, part.on[1])
        for each in rows:
            if first(each, part.on[0]) == wanted:
                return each
        if failures:
            raise failures[0]
        return None

    def _put(self, part: Part, value: Any) -> None:
        if part.into is Place.TAGS:
            self.tags |= value
        elif part.into is Place.SUPPLEMENTARY:
            self.supplementary[part.name] = value
        else:
            self.configuration[part.name] = value


def redacted(value: Any, secrets: tuple[str, ...]) -> Any:
    """A copy of a value in which what stands at these paths is withheld."""
    for path in secrets:
        value = replaced(value, path, lambda _: REDACTED)
    return value


def _tags(row: Row, path: str | None) -> dict[str, str]:
    found = first(row, path) if path else None
    return {} if found is None else _tag_map(found)


def _tag_map(found: Any) -> dict[str, str]:
    if isinstance(found, dict):
        return {str(key): str(value) for key, value in found.items()}
    tags = {}
    for tag in found:
        for key, value in _TAG_NAMES:
            if key in tag:
                tags[str(tag[key])] = str(tag.get(value) or "")
    return tags


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _last_word(value: Any) -> str | None:
    text = _text(value)
    if text is not None and text.startswith("arn:"):
        return re.split("[:/]", text)[-1]
    return text.rsplit("/", 1)[-1] if text is not None and "://" in text else text


def _time(value: Any) -> datetime | None:
    """A time; some services tell milliseconds since 1970."""
    if isinstance(value, int):
        return datetime.fromtimestamp(value / 1000, UTC)
    return value if isinstance(value, datetime) else None
