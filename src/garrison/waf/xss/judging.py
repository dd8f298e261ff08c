"""Which tags and attributes run script or take a page over."""

from __future__ import annotations

import re
from typing import Final

from garrison.waf.xss.markup import Attribute, Tag
from garrison.waf.xss.names import ATTRIBUTES, ELEMENTS, ELEMENTS_WITH, EVENTS, URLS, is_handler
from garrison.waf.xss.urls import runs_script, squashed

_STYLE: Final = re.compile(
    rb"expression\(|behaviou?r:|-moz-binding|@import|url\(['\"]?(?:javascript|vbscript|data:text)|javascript:|\\\\?[0-9a-f]{2,6}.*\("
)
_HANDLER = re.compile(rb"on[a-z]{3,}+\d?$")
_NAMESPACES: Final = (b"xhtml", b"/svg", b"xinclude", b"mathml")


def tag_reason(tag: Tag) -> str:
    """Why the tag alone is enough, or nothing."""
    if tag.name in ELEMENTS or tag.name.startswith((b"svg", b"import", b"xsl")):
        return f"element {tag.name.decode('ascii', 'replace')}"
    return ""


def attribute_reason(tag: bytes, attribute: Attribute) -> str:
    """Why the attribute of a tag (nothing when the value began inside a tag) is enough, or nothing."""
    name, value = attribute.name, attribute.value
    if tag and name in ELEMENTS_WITH.get(tag, ()):
        return f"element {tag.decode('ascii', 'replace')} with {name.decode('ascii', 'replace')}"
    if value is None:
        return ""
    shown = name[:40].decode("ascii", "replace")
    if _HANDLER.match(name) if tag else is_handler(name) and (name[2:] in EVENTS or len(name) > 7):
        return f"event handler {shown}"
    if name in ATTRIBUTES:
        return f"attribute {shown}"
    if name in URLS and runs_script(value):
        return f"script URL in {shown}"
    if name == b"style" and _STYLE.search(squashed(_without_comments(value))):
        return "style that runs script"
    if tag and name.startswith(b"xmlns") and any(part in value.lower() for part in _NAMESPACES):
        return f"namespace {shown}"
    return ""


def _without_comments(style: bytes) -> bytes:
    """A style without the comments that hide words of it."""
    return re.sub(rb"/\*[^*]*+\*/", b"", style) if b"/*" in style else style
