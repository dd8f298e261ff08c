"""What a table of the lake looks like: its columns, its partitions, and how its files are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from garrison.lake import schema, waf_schema
from garrison.lake.place import TABLE, WAF_TABLE

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.partitioning import PartitionSpec
    from pyiceberg.schema import Schema

TIME = "eventTime"
"""The column that days are made of, in every table."""
_UNMEASURED = ("record", "decision")
"""Columns without statistics: whole records."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of table; all have the columns `account` and `eventTime`, by which they are parted, and `record`."""

    table: str
    """Its name in the catalog."""
    arrow: Callable[[], pa.Schema]
    """Its columns as Arrow has them, without Iceberg's field ids."""
    sorted_by: tuple[tuple[str, str], ...]
    """The order of rows in a file."""
    plain_columns: tuple[str, ...]
    """Columns whose values hardly repeat: a dictionary would only cost."""
    kept_in: str
    """Where a restored backup's files of it lie in the lake's folder, until they are in the table."""
    has_ledger: bool = False
    """Whether log files are taken into it, of which the ledger tells."""


EVENTS = Shape(TABLE, schema.arrow_schema, schema.SORTED_BY, schema.PLAIN_COLUMNS, "kept", has_ledger=True)
WAF = Shape(WAF_TABLE, waf_schema.arrow_schema, waf_schema.SORTED_BY, waf_schema.PLAIN_COLUMNS, "kept-waf")
SHAPES = {shape.table: shape for shape in (EVENTS, WAF)}
"""By the names of tables."""


@cache
def iceberg_schema(shape: Shape) -> Schema:
    """The columns as Iceberg has them; ids are in the order of the columns and never change."""
    from pyiceberg.io.pyarrow import _ConvertToIcebergWithoutIDs, visit_pyarrow
    from pyiceberg.schema import assign_fresh_schema_ids

    return assign_fresh_schema_ids(visit_pyarrow(shape.arrow(), _ConvertToIcebergWithoutIDs()))


@cache
def partitions(shape: Shape) -> PartitionSpec:
    """A part for each day and account."""
    from pyiceberg.partitioning import PartitionField, PartitionSpec
    from pyiceberg.transforms import DayTransform, IdentityTransform

    columns = iceberg_schema(shape)
    return PartitionSpec(
        PartitionField(columns.find_field(TIME).field_id, 1000, DayTransform(), "day"),
        PartitionField(columns.find_field("account").field_id, 1001, IdentityTransform(), "account"),
    )


@cache
def file_schema(shape: Shape) -> Any:
    """The columns as they stand in a file, with Iceberg's field ids."""
    from pyiceberg.io.pyarrow import schema_to_pyarrow

    return schema_to_pyarrow(iceberg_schema(shape), include_field_ids=True)


@cache
def dictionary_columns(shape: Shape) -> list[str]:
    """Columns that are written by a dictionary of their values."""
    return [name for name in _leaves(shape) if name not in shape.plain_columns]


@cache
def statistics_columns(shape: Shape) -> list[str]:
    """Columns of which files tell the smallest and largest values."""
    return [name for name in _leaves(shape) if name not in _UNMEASURED]


def _leaves(shape: Shape) -> list[str]:
    import pyarrow as pa

    def walk(name: str, kind: pa.DataType) -> list[str]:
        if pa.types.is_struct(kind):
            return [leaf for child in kind for leaf in walk(f"{name}.{child.name}", child.type)]
        if pa.types.is_list(kind):
            return walk(f"{name}.list.element", kind.value_type)
        return [name]

    return [leaf for column in shape.arrow() for leaf in walk(column.name, column.type)]
