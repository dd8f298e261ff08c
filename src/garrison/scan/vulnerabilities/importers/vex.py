"""VEX documents: who says that a vulnerability does not concern a product, and why.

Sources: OpenVEX 0.2; CSAF 2.0, profile 5 "VEX"; CycloneDX 1.4 and later, `vulnerabilities[].analysis`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from garrison.scan.vulnerabilities.advisory import Statement

MOST_PRODUCTS = 50_000
_MOST_DEPTH = 32

_any = msgspec.json.Decoder(dict[str, Any])

_CSAF = {
    "known_not_affected": "not_affected",
    "fixed": "fixed",
    "first_fixed": "fixed",
    "known_affected": "affected",
    "under_investigation": "under_investigation",
}
_CYCLONEDX = {
    "not_affected": "not_affected",
    "false_positive": "not_affected",
    "resolved": "fixed",
    "resolved_with_pedigree": "fixed",
    "exploitable": "affected",
    "in_triage": "under_investigation",
}


def read_openvex(data: bytes) -> Iterator[Statement]:
    """The statements of an OpenVEX document."""
    document = _any.decode(data)
    author = _text(document.get("author"))
    for each in _tables(document.get("statements")):
        named = each.get("vulnerability")
        name = named.get("name") or named.get("@id") if isinstance(named, dict) else named
        reason = _reason(author, each.get("justification"), each.get("impact_statement"), each.get("status_notes"))
        for product in (each.get("products") or [""])[:MOST_PRODUCTS]:
            within = product.get("@id") if isinstance(product, dict) else product
            parts = (
                [_text(part.get("@id")) for part in _tables(product.get("subcomponents"))]
                if isinstance(product, dict)
                else []
            )
            for part in parts or [""]:
                purl, place = (part, _text(within)) if part else (_text(within), "")
                yield Statement(_text(name), purl, _text(each.get("status")), reason, place)


def read_csaf(data: bytes) -> Iterator[Statement]:
    """The statements of a CSAF document's profile VEX."""
    document = _any.decode(data)
    about = document.get("document") or {}
    publisher = about.get("publisher")
    author = _text(publisher.get("name")) if isinstance(publisher, dict) else ""
    purls = dict(_products(document.get("product_tree") or {}, 0))
    for each in _tables(document.get("vulnerabilities")):
        flags = {
            product: _text(flag.get("label"))
            for flag in _tables(each.get("flags"))
            for product in flag.get("product_ids") or ()
        }
        threats = {
            product: _text(threat.get("details"))
            for threat in _tables(each.get("threats"))
            if threat.get("category") == "impact"
            for product in threat.get("product_ids") or ()
        }
        status = each.get("product_status")
        for kind, products in (status if isinstance(status, dict) else {}).items():
            for product in products[:MOST_PRODUCTS] if kind in _CSAF and isinstance(products, list) else ():
                if purl := purls.get(product):
                    reason = _reason(author, flags.get(product), threats.get(product))
                    yield Statement(_text(each.get("cve")), purl, _CSAF[kind], reason)


def read_cyclonedx(data: bytes) -> Iterator[Statement]:
    """The analyses of a CycloneDX document."""
    document = _any.decode(data)
    purls = {_text(each.get("bom-ref")): _text(each.get("purl")) for each in _tables(document.get("components"))}
    for each in _tables(document.get("vulnerabilities")):
        analysis = each.get("analysis")
        if not isinstance(analysis, dict) or analysis.get("state") not in _CYCLONEDX:
            continue
        reason = _reason("", analysis.get("justification"), analysis.get("detail"))
        for affected in _tables(each.get("affects")):
            ref = _text(affected.get("ref"))
            purl = purls.get(ref) or purls.get(ref.rpartition("#")[2]) or ref
            if purl.startswith("pkg:"):
                yield Statement(_text(each.get("id")), purl, _CYCLONEDX[analysis["state"]], reason)


def _products(tree: dict[str, Any], depth: int) -> Iterator[tuple[str, str]]:
    """Each product's id with its package URL."""
    if depth > _MOST_DEPTH:
        raise ValueError("its product tree is too deep")
    for product in (*_tables(tree.get("full_product_names")), tree.get("product")):
        if isinstance(product, dict):
            helper = product.get("product_identification_helper")
            purl = _text(helper.get("purl")) if isinstance(helper, dict) else ""
            if purl:
                yield _text(product.get("product_id")), purl
    for branch in _tables(tree.get("branches")):
        yield from _products(branch, depth + 1)
    relations = list(_tables(tree.get("relationships")))
    if relations:
        parts = {each: tree.get(each) for each in ("branches", "full_product_names")}
        purls = dict(_products(parts, depth + 1))
        for relation in relations:
            whole = relation.get("full_product_name")
            part = purls.get(_text(relation.get("product_reference")), "")
            if part and isinstance(whole, dict):
                yield _text(whole.get("product_id")), part


def _tables(found: Any) -> Iterable[dict[str, Any]]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _text(found: Any) -> str:
    return found[:1024] if isinstance(found, str) else ""


def _reason(author: str, *parts: Any) -> str:
    said = ": ".join(each for each in map(_text, parts) if each) or "no reason given"
    return f"{said} ({author})" if author else said
