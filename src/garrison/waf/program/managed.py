"""Which rule group a managed rule group statement means."""

from __future__ import annotations

from garrison.waf.bundle import Bundle
from garrison.waf.document import RuleGroup
from garrison.waf.document.statements import ManagedRuleGroupStatement
from garrison.waf.managed import UnknownGroup, group
from garrison.waf.statements import Refused


def managed_group(statement: ManagedRuleGroupStatement, bundle: Bundle, place: str) -> tuple[RuleGroup, str]:
    """The group in the version that the statement names, or that the bundle says it stands at; and what results call it.

    Raises: Refused: there is no such group or version.
    """
    name = f"{statement.vendor_name}#{statement.name}"
    version = statement.version or bundle.versions.get(name) or ""
    try:
        found = group(statement.vendor_name, statement.name, version or None)
    except UnknownGroup as unknown:
        raise Refused(f"{place}: there is no managed rule group {unknown}") from None
    return found, f"{name}#{version}" if version else name
