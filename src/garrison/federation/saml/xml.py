"""Read XML from strangers: no document types, no entities, no other encodings than UTF-8, bounded size and depth.

Responses have no comments and processing instructions either: software has read `admin<!-- -->.evil` as `admin`, and a
signature over canonical XML does not notice a comment that was put in later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
PROTOCOL = "{urn:oasis:names:tc:SAML:2.0:protocol}"
METADATA = "{urn:oasis:names:tc:SAML:2.0:metadata}"
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}"

_DECLARATION = re.compile(r"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
_INSTRUCTION = re.compile(r"<\?(?!xml\s)")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?", re.ASCII)


class NotRead(ValueError):
    """The text is not XML of the accepted kind."""


def parse(text: str, *, with_comments: bool) -> _Element:
    """The root element; raises `NotRead`. `with_comments` passes over comments and instructions in place of refusing them."""
    from lxml import etree

    declared = _DECLARATION.match(text)
    if declared is not None and declared[1].lower() not in ("utf-8", "us-ascii", "ascii"):
        raise NotRead("not in UTF-8")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise NotRead("a document type")
    if not with_comments and ("<!--" in text or _INSTRUCTION.search(text)):
        raise NotRead("comments or instructions")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        remove_blank_text=False,
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, UnicodeEncodeError, ValueError):
        raise NotRead("not well-formed") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotRead("a document type")
    return root


def text_of(element: _Element) -> str:
    """All text in an element, without the spaces around it."""
    return "".join(str(part) for part in element.itertext()).strip()


def children(element: _Element, tag: str) -> list[_Element]:
    """The child elements of a name."""
    return [child for child in element if child.tag == tag]


def elements(root: _Element) -> Iterator[_Element]:
    """The element and every one inside."""
    return (each for each in root.iter() if isinstance(each.tag, str))


def time_of(text: str) -> datetime:
    """An `xs:dateTime`, in UTC where it names no zone (SAML core, section 1.3.3); raises `NotRead`."""
    if not _TIME.fullmatch(text):
        raise NotRead("not a time")
    whole, _, rest = text.partition(".")
    fraction = re.match(r"\d+", rest)
    digits = fraction[0] if fraction is not None else ""
    zone = rest[len(digits) :] if rest else ""
    try:
        at = datetime.fromisoformat(f"{whole}.{digits[:6]:0<6}{zone}" if digits else text)
    except ValueError:
        raise NotRead("not a time") from None
    return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).astimezone(UTC)
