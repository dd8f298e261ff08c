"""Ask each question once: the answers of a service in a region, however many types and parts read them."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from garrison import codec
from garrison.collect.declaration import AccountId, At, Call, Type
from garrison.collect.failures import code_of, meant_by
from garrison.collect.parallel import each
from garrison.collect.paths import Row, first, shape_at, values_at

_NOWHERE = "nowhere-0"
"""A region that there is not."""
WAITS, WAIT_SECONDS = 15, 2.0
"""For what a service has yet to prepare."""


@dataclass(slots=True)
class Answer:
    """What a call gave: pages, and the failure that ended them, if one did."""

    pages: list[dict[str, Any]] = field(default_factory=list)
    failure: Exception | None = None


class Asked(Protocol):
    """What answers a collection: an account upstream, or Garrison's own in this process."""

    def pages(self, service: str, operation: str, params: dict[str, Any], region: str) -> Iterator[dict[str, Any]]:
        """The answer's pages, as botocore reads them."""

    def output_shape(self, service: str, operation: str) -> Any:
        """botocore's shape of an operation's answer."""


class Answers:
    """The answers of one service in one region."""

    def __init__(self, upstream: Asked, service: str, region: str, account: str) -> None:
        self._upstream, self.service, self.region, self.account = upstream, service, region, account
        self._rows: dict[Call, tuple[list[Row], list[Exception]]] = {}
        self._listed: dict[tuple[Type, str], frozenset[Any]] = {}
        self._by_region: dict[tuple[Call, str], Call] = {}
        self._known: dict[tuple[str, ...], Answer] = {}
        self._locks: dict[tuple[str, ...], threading.Lock] = {}
        self._lock = threading.Lock()

    def rows(self, call: Call) -> tuple[list[Row], list[Exception]]:
        """The rows of a call that lists, and what went wrong on the way: rows are then missing."""
        if call not in self._rows:
            self._rows[call] = self._all_rows(call)
        return self._rows[call]

    def rows_about(self, kind: Type, names: Collection[str]) -> tuple[list[Row], list[Exception]]:
        """The rows of a type that can be about resources with these ids, names or ARNs, with as few requests as that takes."""
        if kind.narrow is not None and not any(":" in name for name in names):
            narrowed = [self._all_rows(_narrowed(kind.call, kind.narrow, name)) for name in names]
            failures = [one for _, failed in narrowed for one in failed if "NotFound" not in (code_of(one) or "")]
            return [row for rows, _ in narrowed for row in rows], failures
        return self._all_rows(kind.call, names) if kind.call.each is not None else self.rows(kind.call)

    def one(self, call: Call, above: Row, region: str | None = None) -> Row:
        """What a call tells of one row; raises what the service answered."""
        if call.before is not None:
            self.rows(call.before)
        answer = self._asked(call, self._params(call, above), region)
        if answer.failure is not None:
            raise answer.failure
        merged = answer.pages[0] if len(answer.pages) == 1 else _merged(answer.pages)
        return Row(merged, self._shape(call), above)

    def region_of(self, kind: Type, row: Row, regions: Collection[str]) -> str | None:
        """Where a resource lies whose row does not say: by a listing of each region, else by asking for it alone; None for elsewhere."""
        located = kind.located
        if located is None:
            return self.region
        is_cheaper = len(self.rows(kind.call)[0]) > len(regions) + 1
        if located.by is not None and regions and is_cheaper and self._honours(kind.call, located.by):
            name, places = first(row, kind.id), sorted(regions, key=lambda region: region != self.region)
            return next((region for region in places if name in self._listed_in(kind, located.by, region)), None)
        told = first(self.one(located.call, row), located.path)
        region: str = located.names.get(told, told)
        return region

    def _honours(self, call: Call, parameter: str) -> bool:
        """Whether a listing is narrowed by the parameter: then of a region that nobody has it lists nothing."""
        rows, failures = self._narrowed_rows(call, parameter, _NOWHERE)
        return not rows and not failures

    def _listed_in(self, kind: Type, parameter: str, region: str) -> frozenset[Any]:
        """The ids of a type's resources in a region."""
        if (kind, region) not in self._listed:
            rows, failures = self._narrowed_rows(kind.call, parameter, region)
            if failures:
                raise failures[0]
            self._listed[kind, region] = frozenset(first(row, kind.id) for row in rows)
        return self._listed[kind, region]

    def _narrowed_rows(self, call: Call, parameter: str, value: str) -> tuple[list[Row], list[Exception]]:
        with self._lock:
            narrowed = self._by_region.setdefault((call, value), _narrowed(call, parameter, value))
        return self.rows(narrowed)

    def _all_rows(self, call: Call, names: Collection[str] = ()) -> tuple[list[Row], list[Exception]]:
        if call.before is not None:
            _, failures = self.rows(call.before)
            if failures:
                return [], failures
        asked: list[tuple[Row | None, dict[str, Any]]]
        if call.each is None:
            asked = [(None, self._params(call, None))]
            failures = []
        else:
            above, failures = self.rows(call.each)
            above = [row for row in above if _tells_of(row.value, names)] or above
            asked = self._batched(call, above) if call.batch else [(row, self._params(call, row)) for row in above]
        found, failures = [], list(failures)
        answers = each(asked, lambda one: self._asked(call, one[1], None))
        for (row, _), answer in zip(asked, answers, strict=True):
            if answer.failure is not None:
                failures.append(answer.failure)
            found += [one for page in answer.pages for one in self._rows_of(call, page, row)]
        return found, failures

    def _rows_of(self, call: Call, page: dict[str, Any], above: Row | None) -> Iterator[Row]:
        shape = shape_at(self._shape(call), call.rows)
        for value in values_at(page, call.rows):
            yield Row(value, shape, above)

    def _batched(self, call: Call, above: list[Row]) -> list[tuple[Row | None, dict[str, Any]]]:
        assert call.batch is not None
        values = [first(row, call.batch.path) for row in above]
        most = call.batch.most
        return [
            (None, self._params(call, None) | {call.batch.parameter: values[start : start + most]})
            for start in range(0, len(values), most)
        ]

    def _asked(self, call: Call, params: dict[str, Any], region: str | None) -> Answer:
        service, region = call.service or self.service, region or self.region
        key = (service, call.operation, region, codec.encode_canonical(params).decode())
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._known:
                self._known[key] = self._called(call, service, params, region)
            return self._known[key]

    def _called(self, call: Call, service: str, params: dict[str, Any], region: str) -> Answer:
        answer = Answer()
        for waited in range(WAITS + 1):
            answer = self._once(call, service, params, region)
            code = None if answer.failure is None else code_of(answer.failure)
            absent = None if answer.failure is None else meant_by(answer.failure, call.absent)
            if absent is not None:
                return Answer([call.absent[absent]])
            if code is None or code not in call.again or waited == WAITS:
                break
            time.sleep(WAIT_SECONDS)
        return answer

    def _once(self, call: Call, service: str, params: dict[str, Any], region: str) -> Answer:
        answer = Answer()
        try:
            for page in self._upstream.pages(service, call.operation, params, region):
                page.pop("ResponseMetadata", None)
                answer.pages.append(call.reads(page) if call.reads else page)
        except Exception as failure:  # whatever an endpoint answers, the rest of the account is collected
            answer.failure = failure
        return answer

    def _params(self, call: Call, row: Row | None) -> dict[str, Any]:
        return {name: self._value(value, row) for name, value in call.params.items()}

    def _value(self, value: Any, row: Row | None) -> Any:
        if isinstance(value, At):
            return None if row is None else first(row, value.path)
        if isinstance(value, AccountId):
            return self.account
        if isinstance(value, list):
            return [self._value(each, row) for each in value]
        if isinstance(value, dict):
            return {name: self._value(each, row) for name, each in value.items()}
        return value

    def _shape(self, call: Call) -> Any:
        if call.reads is not None:
            return None
        return self._upstream.output_shape(call.service or self.service, call.operation)


def _narrowed(call: Call, parameter: str, name: str) -> Call:
    """The call that asks for one resource."""
    value = [name] if parameter.endswith("[]") else name
    return replace(call, params={**call.params, parameter.removesuffix("[]"): value})


def _tells_of(value: Any, names: Collection[str]) -> bool:
    """Whether a row can be about one of the names; what it holds may be an id, a name, an ARN or a URL."""
    words = [value] if isinstance(value, str) else list(value.values()) if isinstance(value, dict) else []
    tails = {name.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for name in names}
    return any(isinstance(word, str) and word.rsplit("/", 1)[-1].rsplit(":", 1)[-1] in tails for word in words)


def _merged(pages: list[dict[str, Any]]) -> dict[str, Any]:
    """The pages of one answer as one: lists are joined, of the rest the first counts."""
    merged: dict[str, Any] = {}
    for page in pages:
        for name, value in page.items():
            if isinstance(value, list) and isinstance(merged.get(name), list):
                merged[name] = merged[name] + value
            else:
                merged.setdefault(name, value)
    return merged
