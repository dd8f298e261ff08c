"""Which tags and attributes run script or take a page over."""

from __future__ import annotations

import re
from typing import Final

from garrison.waf.xss.markup import Attribute, Tag
from garrison.waf.xss.names import ATTRIBUTES, ELEMENTS, ELEMENTS_WITH, FAMILIES, URLS, is_handler
from garrison.waf.xss.urls import runs_script, squashed

_STYLE: Final = re.compile(
    rb"expression\(|behaviou?r:|-moz-binding|@import|url\(['\"]?(?:javascript|vbscript|data:text)|(?:java|vb)script:"
)
_COMMENT: Final = re.compile(rb"/\*[^*]*+\*/")
_HANDLER: Final = re.compile(rb"on[a-z]{3,}+\d?\Z")
_NAMESPACES: Final = (b"xhtml", b"/svg", b"xinclude", b"mathml")


def is_dangerous(name: bytes) -> bool:
    """Whether an element is enough by itself."""
    return name in ELEMENTS or name.startswith(FAMILIES)


def tag_reason(tag: Tag) -> str:
    """Why the tag alone is enough, or nothing."""
    return f"element {_shown(tag.name)}" if is_dangerous(tag.name) else ""


def attribute_reason(tag: bytes, attribute: Attribute) -> str:
    """Why the attribute of a tag (nothing when the value began inside a tag) is enough, or nothing."""
    name, value = attribute.name, attribute.value
    if name in ELEMENTS_WITH.get(tag, ()):
        return f"element {_shown(tag)} with {_shown(name)}"
    if value is None:
        return ""
    if _HANDLER.match(name) if tag else is_handler(name):
        return f"event handler {_shown(name)}"
    if name in ATTRIBUTES:
        return f"attribute {_shown(name)}"
    if name in URLS and runs_script(value):
        return f"script URL in {_shown(name)}"
    if name == b"style" and _STYLE.search(squashed(_COMMENT.sub(b"", value))):
        return "style that runs script"
    if tag and name.startswith(b"xmlns") and any(part in value for part in _NAMESPACES):
        return f"namespace {_shown(name)}"
    if name.endswith(b":schemalocation") and b"http" in value:
        return "schema from elsewhere"
    return ""


def _shown(name: bytes) -> str:
    return name[:40].decode("ascii", "replace")
