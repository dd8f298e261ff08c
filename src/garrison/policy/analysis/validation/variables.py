"""Policy variables in the texts of a policy: where they may stand and how they are written."""

from __future__ import annotations

import re

from .findings import Findings, Path
from .positions import Node

_REFERENCE = re.compile(r"\$\{([^{}]*)\}")
_ESCAPES = frozenset("*?$")


def check_variables(node: Node, path: Path, findings: Findings, *, are_known: bool) -> bool:
    """Examine the variables of a text where they are allowed; False where there is something wrong with one."""
    text: str = node.value
    if "${" not in text:
        return True
    references = _REFERENCE.findall(text)
    code = None
    if text.count("${") > len(references):
        code = "MISSING_BRACE_IN_VARIABLE"
    elif not are_known and any(one not in _ESCAPES for one in references):
        code = "VARIABLE_UNSUPPORTED_IN_VERSION"
    else:
        code = next((fault for fault in map(_fault, references) if fault), None)
    if code is not None:
        findings.add(code, path, node)
    return code is None


def _fault(inside: str) -> str | None:
    """The issue code of what stands between the braces."""
    if inside in _ESCAPES:
        return None
    name, comma, default = inside.partition(",")
    if not name.strip():
        return "EMPTY_VARIABLE"
    if re.search(r"\s", name.strip()) and not re.search(r"[Tt]ag/", name):
        return "UNSUPPORTED_SPACE_IN_VARIABLE"
    default = default.strip()
    if comma and not (len(default) > 1 and default[0] == default[-1] == "'"):
        return "MISSING_QUOTE_IN_VARIABLE"
    return None


def check_no_variables(node: Node, path: Path, findings: Findings) -> bool:
    """Whether a text has variables where there must be none."""
    if not _REFERENCE.search(node.value):
        return False
    findings.add("VARIABLE_UNSUPPORTED_IN_ELEMENT", path, node)
    return True


def without_variables(text: str) -> str:
    """The text with a wildcard for each variable."""
    return _REFERENCE.sub("*", text)
