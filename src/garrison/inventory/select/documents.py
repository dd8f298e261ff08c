"""A recorded resource as queries see it: values by path, through arrays on the way, and what is selected of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from garrison import codec
from garrison.inventory.file import moment
from garrison.inventory.select.expressions import Property

ITEM_VERSION = "1.3"
"""Of the items' schema, as Config writes it."""
COLUMNS = "r.id, r.account, r.region, r.type, r.resource_id, r.arn, r.name, r.status, r.version, r.captured_at"
Projection = dict[str, "Projection | None"]
"""What is selected, as a tree of names; None: all that is there."""
_OF_AWS = "AWS::"
_STRUCTURES = {"configuration": "configuration", "supplementaryConfiguration": "supplementary"}
_MISSING = object()


class Row(NamedTuple):
    """What the file has of a resource beside its state; the order is that of `COLUMNS`."""

    number: int
    account: str
    region: str
    resource_type: str
    resource_id: str
    arn: str
    name: str | None
    status: str
    version: int
    captured_at: int


class Document:
    """One resource. Its state is read only when something in it is asked for."""

    def __init__(self, row: Row, load: Callable[[int], str]) -> None:
        """`load` gives a state as JSON."""
        self.row = row
        self._load = load

    @cached_property
    def _body(self) -> dict[str, Any]:
        return dict(codec.decode(self._load(self.row.number)))

    def top(self, name: str) -> Any:
        """A property at the top, None where it has none; third parties' resources have no configuration to query."""
        row = self.row
        if name in _STRUCTURES:
            return self._body.get(_STRUCTURES[name], {}) if row.resource_type.startswith(_OF_AWS) else None
        if name == "availabilityZone":
            return self._body.get("availability_zone")
        if name == "resourceCreationTime":
            return shown(self._body.get("created_at"))
        if name == "tags":
            return tags_shown(self._body.get("tags", {}))
        if name == "relationships":
            return [_tie(tie) for tie in self._body.get("relationships", ())]
        return {
            "accountId": row.account,
            "awsRegion": row.region,
            "arn": row.arn,
            "configurationItemCaptureTime": shown_moment(row.captured_at),
            "configurationItemStatus": row.status,
            "configurationStateId": str(row.version),
            "resourceId": row.resource_id,
            "resourceName": row.name,
            "resourceType": row.resource_type,
            "version": ITEM_VERSION,
        }[name]

    def values(self, of: Property) -> list[Any]:
        """The scalars that a property has, those of all elements of arrays."""
        return list(_scalars(self.top(of.path[0]), of.path[1:]))

    def picked(self, wanted: Projection) -> dict[str, Any]:
        """What is selected, nested as it is in the item; what the item has not is left out."""
        made: dict[str, Any] = {}
        for name, more in wanted.items():
            found = self.top(name)
            if found is None:
                if name in _STRUCTURES:
                    made[name] = None
                continue
            kept = _kept(found, more)
            if kept is not _MISSING:
                made[name] = kept
        return made


def projection(paths: list[tuple[str, ...]]) -> Projection:
    """The tree of several paths; a path takes in those that go on from it."""
    tree: Projection = {}
    for path in sorted(paths, key=len, reverse=True):
        node: dict[str, Any] = tree
        for name in path[:-1]:
            node = node.setdefault(name, {})
        node[path[-1]] = None
    return tree


def shown_moment(at: int) -> str:
    """A time of the file as Config writes it."""
    return f"{moment(at):%Y-%m-%dT%H:%M:%S}.{at % 1000:03d}Z"


def shown(at: str | None) -> str | None:
    """A time of a state as Config writes it: with milliseconds."""
    if at is None:
        return None
    text, _, fraction = at.removesuffix("Z").removesuffix("+00:00").partition(".")
    return f"{text}.{fraction[:3]:0<3}Z"


def tags_shown(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as queries see them."""
    return [{"key": key, "value": value, "tag": f"{key}={value}"} for key, value in tags.items()]


def _tie(tie: list[Any]) -> dict[str, Any]:
    name, kind, other, called = tie
    made = {"relationshipName": name, "resourceType": kind, "resourceId": other}
    return made | {"resourceName": called} if called else made


def _scalars(node: Any, path: tuple[str, ...]) -> Iterator[Any]:
    if isinstance(node, list):
        for one in node:
            yield from _scalars(one, path)
    elif isinstance(node, dict):
        if path and path[0] in node:
            yield from _scalars(node[path[0]], path[1:])
    elif not path and node is not None:
        yield node


def _kept(node: Any, wanted: Projection | None) -> Any:
    if wanted is None:
        return node
    if isinstance(node, list):
        return [kept for one in node if (kept := _kept(one, wanted)) is not _MISSING]
    if not isinstance(node, dict):
        return _MISSING
    parts = ((name, _kept(node[name], more)) for name, more in wanted.items() if name in node)
    return {name: kept for name, kept in parts if kept is not _MISSING} or _MISSING
