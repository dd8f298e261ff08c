"""Tell by what a document holds which source's form it has, and read it.

A document of no known form is set aside with that reason; one that breaks its own form is too, record by record where it has records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import msgspec

from garrison.scan.vulnerabilities.advisory import Record, Refused
from garrison.scan.vulnerabilities.importers import osv

if TYPE_CHECKING:
    from garrison.scan.vulnerabilities.reading import Document

Reader = Callable[[bytes], Iterator[Record]]

_keys = msgspec.json.Decoder(dict[str, msgspec.Raw])


def records(document: Document) -> Iterator[Record]:
    """What a document says; never raises for what is in it."""
    try:
        yield from _reader(document)(document.data)
    except (msgspec.DecodeError, msgspec.ValidationError, ValueError, RecursionError) as error:
        yield Refused(document.name[:200], f"it does not have the form of its source: {str(error)[:200]}")


def _reader(document: Document) -> Reader:
    keys = _keys.decode(document.data).keys()
    if "id" in keys and ("affected" in keys or "withdrawn" in keys or "schema_version" in keys):
        return osv.read
    raise ValueError("no form of a source that is known")
