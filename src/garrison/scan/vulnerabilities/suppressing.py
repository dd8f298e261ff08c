"""What VEX statements take out of a host's vulnerabilities: a package that is not affected or already fixed, with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

from garrison.scan.inventory.facts import Inventory, Package
from garrison.scan.vulnerabilities.advisory import Statement
from garrison.scan.vulnerabilities.assessing import Case

_CLEARS = {"not_affected", "fixed"}
_STANDS = {"affected", "under_investigation"}


class _Purl(NamedTuple):
    type: str
    path: str
    """Namespace and name."""
    version: str
    qualifiers: frozenset[tuple[str, str]]


def split(
    cases: list[Case], statements: Sequence[Statement], inventory: Inventory
) -> tuple[list[Case], list[tuple[Case, str]]]:
    """The cases that stand, and those that statements clear, each with the reason; of several statements the last counts."""
    standing, cleared = [], []
    for case in cases:
        reason = ""
        for statement in statements:
            if statement.status in _CLEARS | _STANDS and _concerns(statement, case.package, inventory):
                reason = f"{statement.status}: {statement.reason}" if statement.status in _CLEARS else ""
        if reason:
            cleared.append((case, reason))
        else:
            standing.append(case)
    return standing, cleared


def _concerns(statement: Statement, package: Package, inventory: Inventory) -> bool:
    """Whether a statement is of this package here: what it leaves out of the URL is meant whatever it is."""
    if statement.within and not _is_within(statement.within, inventory):
        return False
    told, ours = _parsed(statement.product), _parsed(package.purl)
    if told is None or ours is None or told.type != ours.type:
        return False
    if told.path == ours.path:
        version = ours.version
    elif package.source and told.path == f"{ours.path.rpartition('/')[0]}/{package.source}".lstrip("/"):
        version = package.source_version or ours.version
    else:
        return False
    return told.version in {"", version} and told.qualifiers <= ours.qualifiers


def _is_within(product: str, inventory: Inventory) -> bool:
    """Whether a product is this image or host: by its digest or its name."""
    if inventory.image and inventory.image in unquote(product):
        return True
    return product == inventory.host


def _parsed(purl: str) -> _Purl | None:
    kind, slash, rest = purl.removeprefix("pkg:").partition("/")
    if not purl.startswith("pkg:") or not slash:
        return None
    rest, _, _ = rest.partition("#")
    rest, _, query = rest.partition("?")
    path, at, version = rest.rpartition("@")
    if not at or "/" in version:
        path, version = rest, ""
    return _Purl(kind.lower(), unquote(path).strip("/"), unquote(version), frozenset(parse_qsl(query)))
