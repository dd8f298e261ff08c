"""Rows become columns: what Python's objects are needed for while the processor's caches hold them, what only copies at the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from garrison.lake.records import Record, SessionAttributes, SessionContext, SessionIssuer, UserIdentity
from garrison.lake.rows import Rows, Text
from garrison.lake.schema import ATTRIBUTES, BOOLEANS, IDENTITY, ISSUER, RESOURCE, SORTED_BY, TEXTS, arrow_schema

if TYPE_CHECKING:
    import pyarrow as pa

_SETTLED_ROWS = 1024
"""Rows become columns once there are this many."""
_CALLER = "caller"
_NO_IDENTITY, _NO_CONTEXT = UserIdentity(), SessionContext()
_NO_ISSUER, _NO_ATTRIBUTES = SessionIssuer(), SessionAttributes()


class Columns:
    """Rows of one account on their way into a table.

    Of callers, who are few, a number is kept and of whole records a place, until the order of all rows is known.
    """

    def __init__(self) -> None:
        self._records: list[Record] = []
        self._origins: list[str] = []
        self._decisions: list[str | None] = []
        self._texts: list[Text] = []
        self._numbers: list[int] = []
        self._callers: list[UserIdentity | None] = []
        self._known: dict[int, int] = {}
        self._settled: list[pa.Table] = []

    def add(self, rows: Rows) -> None:
        """Take some rows."""
        self._records += rows.records
        self._texts += rows.texts
        self._origins += [rows.origin] * len(rows.records)
        self._decisions += rows.decisions or [None] * len(rows.records)
        self._number(rows.callers)
        if len(self._records) >= _SETTLED_ROWS:
            self._settle()

    def table(self, account: str, ingested_at: datetime, *, is_sorted: bool = False) -> pa.Table:
        """All rows that were taken, in their order or that of files; raises `UnicodeDecodeError` for a text that is not UTF-8."""
        import pyarrow as pa
        import pyarrow.compute as pc

        self._settle()
        settled, texts = pa.concat_tables(self._settled).combine_chunks(), self._texts
        if is_sorted:
            order = pc.sort_indices(settled, sort_keys=list(SORTED_BY))
            settled, texts = settled.take(order), [texts[place] for place in order.to_pylist()]
        schema = arrow_schema()
        made = {
            "account": lambda: pa.repeat(pa.scalar(account), len(texts)),
            "ingestedAt": lambda: pa.repeat(pa.scalar(ingested_at, schema.field("ingestedAt").type), len(texts)),
            "userIdentity": lambda: pc.take(
                _identities(self._callers, schema.field("userIdentity").type), settled.column(_CALLER)
            ),
            "record": lambda: _whole(texts),
        }
        columns = [made[name]() if name in made else settled.column(name) for name in schema.names]
        return pa.Table.from_arrays(columns, schema=schema)

    def _number(self, callers: Sequence[UserIdentity | None]) -> None:
        """Give each caller its number; the same object is the same caller."""
        known = self._known
        for caller in callers:
            number = known.get(id(caller))
            if number is None:
                number = known[id(caller)] = len(self._callers)
                self._callers.append(caller)
            self._numbers.append(number)

    def _settle(self) -> None:
        """Make columns of the rows that are there."""
        import pyarrow as pa

        if self._settled and not self._records:
            return
        records, schema = self._records, arrow_schema()
        found = {
            "eventTime": pa.array([record.event_time for record in records], schema.field("eventTime").type),
            **dict(zip(TEXTS, _members(records, TEXTS, pa.string()), strict=True)),
            **dict(zip(BOOLEANS, _members(records, BOOLEANS, pa.bool_()), strict=True)),
            _CALLER: pa.array(self._numbers, pa.int32()),
            "resources": _resources(records, schema.field("resources").type),
            "origin": pa.array(self._origins, pa.string()),
            "decision": pa.array(self._decisions, pa.string()),
        }
        self._settled.append(pa.table(found))
        for waiting in (self._records, self._numbers, self._origins, self._decisions):
            waiting.clear()


def _identities(callers: Sequence[UserIdentity | None], kind: Any) -> pa.Array:
    import pyarrow as pa

    identities = [caller or _NO_IDENTITY for caller in callers]
    contexts = [identity.session_context or _NO_CONTEXT for identity in identities]
    context = pa.StructArray.from_arrays(
        [
            _struct([each.session_issuer or _NO_ISSUER for each in contexts], ISSUER),
            _struct([each.attributes or _NO_ATTRIBUTES for each in contexts], ATTRIBUTES),
            *_members(contexts, {"sourceIdentity": "source_identity"}, pa.string()),
        ],
        fields=list(kind.field("sessionContext").type),
    )
    return pa.StructArray.from_arrays([*_members(identities, IDENTITY, pa.string()), context], fields=list(kind))


def _resources(records: Sequence[Record], kind: Any) -> pa.Array:
    import pyarrow as pa

    offsets: list[int | None] = []
    flat: list[Any] = []
    for record in records:
        found = record.resources
        if found is None:
            offsets.append(None)
        else:
            offsets.append(len(flat))
            flat.extend(found)
    offsets.append(len(flat))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), _struct(flat, RESOURCE), type=kind)


def _struct(values: Sequence[Any], members: dict[str, str]) -> pa.StructArray:
    import pyarrow as pa

    return pa.StructArray.from_arrays(_members(values, members, pa.string()), names=list(members))


def _members(values: Sequence[Any], members: dict[str, str], kind: pa.DataType) -> list[pa.Array]:
    """A column for each of the members."""
    import pyarrow as pa

    return [pa.array(list(map(attrgetter(member), values)), kind) for member in members.values()]


def _whole(texts: Sequence[Text]) -> pa.Array:
    """The whole records, laid end to end, which is how Arrow holds them."""
    import pyarrow as pa

    ends = pa.array(accumulate(map(len, texts), initial=0), pa.int32(), size=len(texts) + 1)
    buffers = [None, ends.buffers()[1], pa.py_buffer(b"".join(texts))]
    try:
        return pa.BinaryArray.from_buffers(pa.binary(), len(texts), buffers).cast(pa.string())
    except pa.ArrowInvalid as error:
        raise UnicodeDecodeError("utf-8", b"", 0, 1, str(error)) from None
