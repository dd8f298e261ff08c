"""Tell by what a document holds which source's form it has, and read it.

A document of no known form is set aside with that reason; one that breaks its own form is too, record by record where it has records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from garrison.scan.vulnerabilities.advisory import Record, Refused
from garrison.scan.vulnerabilities.importers import (
    alpine,
    archive,
    debian_tracker,
    osv,
    retire,
    ruby,
    rustsec,
    scores,
    vex,
)

if TYPE_CHECKING:
    from garrison.scan.vulnerabilities.reading import Document

Reader = Callable[[bytes], Iterator[Record]]
Keys = Mapping[str, msgspec.Raw]

_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
_list = msgspec.json.Decoder(list[msgspec.Raw])
_UNKNOWN = "no form of a source that is known"

_WRONG = (msgspec.DecodeError, ValueError, TypeError, AttributeError, LookupError, OverflowError, RecursionError)
"""What a reader runs into where a document has other values than its form says."""

_FORMS: tuple[tuple[Callable[[Keys], bool], Reader], ...] = (
    (lambda keys: "cveMetadata" in keys, scores.read_cve_record),
    (lambda keys: "id" in keys and bool(keys.keys() & {"affected", "withdrawn", "schema_version"}), osv.read),
    (lambda keys: "advisory" in keys and "versions" in keys, rustsec.read),
    (lambda keys: "title" in keys and bool(keys.keys() & {"gem", "engine", "library"}), ruby.read),
    (lambda keys: "id" in keys and bool(keys.keys() & {"cvss", "cwe", "ssvc", "pub"}), scores.read_summary),
    (lambda keys: "catalogVersion" in keys and "vulnerabilities" in keys, scores.read_exploited),
    (lambda keys: "vulnerabilities" in keys and bool(keys.keys() & {"resultsPerPage", "format"}), scores.read_nvd),
    (lambda keys: "packages" in keys and bool(keys.keys() & {"distroversion", "apkurl"}), alpine.read),
    (lambda keys: "@context" in keys and "statements" in keys, vex.read_openvex),
    (lambda keys: "document" in keys and "vulnerabilities" in keys, vex.read_csaf),
    (lambda keys: "bomFormat" in keys, vex.read_cyclonedx),
)
"""By the names an object has at its top; the first that fits."""


class _NoSourceError(Exception):
    """The document is of no source; the message says why."""


def records(document: Document) -> Iterator[Record]:
    """What a document says; never raises for what is in it."""
    try:
        yield from _reader(document)(document.data)
    except _NoSourceError as error:
        yield Refused(document.name[:200], str(error))
    except _WRONG as error:
        yield Refused(document.name[:200], f"it does not have the form of its source: {str(error)[:200]}")


def _reader(document: Document) -> Reader:
    head = document.data[:256].lstrip()
    if head.startswith(b"{"):
        return _of_object(_object.decode(document.data))
    if head.startswith(b"["):
        return _of_list(document)
    if archive.is_index(document.data):
        return lambda data: archive.read_index(document.name, data)
    if b"cve,epss" in head:
        return scores.read_epss
    if rustsec.is_markdown(document.data):
        return rustsec.read_markdown
    if ruby.is_yaml(document.data):
        return ruby.read_yaml
    raise _NoSourceError(_UNKNOWN)


def _of_object(keys: Keys) -> Reader:
    for fits, reader in _FORMS:
        if fits(keys):
            return reader
    first = next(iter(keys.values()), None)
    inner = _object.decode(first) if first is not None and bytes(first).startswith(b"{") else {}
    if "vulnerabilities" in inner:
        return retire.read
    if any(name.startswith(("CVE-", "TEMP-")) for name in inner):
        return debian_tracker.read
    raise _NoSourceError(_UNKNOWN)


def _of_list(document: Document) -> Reader:
    first = next(iter(_list.decode(document.data)), None)
    names = _object.decode(first).keys() if first is not None else ()
    if "package" in names and "version" in names:
        return lambda data: archive.read_list(document.name, data)
    if "mentioned_in" in names:
        raise _NoSourceError("a changelog's mention of a CVE is no proof of its fix")
    raise _NoSourceError(_UNKNOWN)
