"""From the text of a policy to a `Document`, refusing what AWS refuses and saying where.

This module knows the grammar's shape; what each kind of policy must and must not say is in `grammar`.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn, cast

from .conditions import NULL, OPERATORS
from .document import (
    CURRENT_VERSION,
    FIRST_VERSION,
    Condition,
    Document,
    Effect,
    PolicyKind,
    PrincipalElement,
    Quantifier,
    Statement,
)
from .grammar import check_document
from .malformed import SYNTAX, MalformedPolicy

MAX_DOCUMENT_CHARACTERS = 262_144
"""Twice what the APIs take (IAM API reference, PolicyDocument: 131,072), since AWS's largest managed policies exceed that."""

_TOP_ELEMENTS = frozenset({"Version", "Id", "Statement"})
_STATEMENT_ELEMENTS = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
)
_PRINCIPAL_TYPES = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})


class _Number(str):
    """A JSON number, kept as written: conditions compare text, and no digit is lost or expanded."""


def parse_document(
    text: str | bytes, kind: PolicyKind = PolicyKind.IDENTITY, *, require_current_version: bool = False
) -> Document:
    """Parse and check a policy.

    `require_current_version` refuses documents older than 2012-10-17, as IAM does for managed policies. Raises
    MalformedPolicy.
    """
    if len(text) > MAX_DOCUMENT_CHARACTERS:
        raise MalformedPolicy(f"Policy document must be at most {MAX_DOCUMENT_CHARACTERS} characters long.")
    raw = _decode(text)
    if not isinstance(raw, dict):
        _syntax("")
    _only(raw, _TOP_ELEMENTS, "")
    version = _optional_text(raw, "Version", "")
    if version not in (None, FIRST_VERSION, CURRENT_VERSION):
        _syntax("/Version")
    document = Document(
        kind=kind,
        version=version or FIRST_VERSION,
        id=_optional_text(raw, "Id", ""),
        statements=_statements(raw),
        text=text if isinstance(text, str) else text.decode(),
    )
    check_document(document, _miscased_effects(raw), require_current_version=require_current_version)
    return document


def _decode(text: str | bytes) -> Any:
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8")
        raw = json.loads(
            text,
            object_pairs_hook=_without_duplicates,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_refuse_constant,
        )
        json.dumps(raw, ensure_ascii=False).encode("utf-8")  # refuses lone surrogates, which nothing could store
    except (ValueError, RecursionError):
        _syntax("")
    return raw


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _statements(raw: dict[str, Any]) -> tuple[Statement, ...]:
    written = raw.get("Statement")
    if isinstance(written, dict):
        return (_statement(written, 0, "/Statement"),)
    if not isinstance(written, list) or not written:
        _syntax("/Statement")
    return tuple(_statement(one, index, f"/Statement/{index}") for index, one in enumerate(written))


def _statement(raw: Any, index: int, place: str) -> Statement:
    if not isinstance(raw, dict):
        _syntax(place)
    _only(raw, _STATEMENT_ELEMENTS, place)
    for element in ("Action", "Resource", "Principal"):
        if element in raw and f"Not{element}" in raw:
            _syntax(f"{place}/Not{element}")
    return Statement(
        index=index,
        sid=_optional_text(raw, "Sid", place) or None,
        effect=_effect(raw, place),
        actions=_texts(raw, "NotAction" if "NotAction" in raw else "Action", place),
        not_action="NotAction" in raw,
        resources=_texts(raw, "NotResource" if "NotResource" in raw else "Resource", place),
        not_resource="NotResource" in raw,
        principal=_principal(raw, place),
        conditions=_conditions(raw.get("Condition", {}), f"{place}/Condition"),
    )


def _effect(raw: dict[str, Any], place: str) -> Effect:
    written = raw.get("Effect")
    effect = written.capitalize() if isinstance(written, str) else written
    if effect not in ("Allow", "Deny"):
        _syntax(f"{place}/Effect")
    return Effect(effect)


def _miscased_effects(raw: dict[str, Any]) -> list[str]:
    """The places of effects that only case tells from the right ones: AWS has other words for them."""
    written = raw["Statement"]
    statements = [("", written)] if isinstance(written, dict) else [(f"/{n}", one) for n, one in enumerate(written)]
    return [f"/Statement{at}/Effect" for at, one in statements if one["Effect"] not in ("Allow", "Deny")]


def _principal(raw: dict[str, Any], place: str) -> PrincipalElement | None:
    element = "NotPrincipal" if "NotPrincipal" in raw else "Principal"
    if element not in raw:
        return None
    written, place = raw[element], f"{place}/{element}"
    negated = element == "NotPrincipal"
    if written == "*":
        return PrincipalElement(everyone=True, negated=negated)
    if not isinstance(written, dict) or not written:
        _syntax(place)
    _only(written, _PRINCIPAL_TYPES, place)
    return PrincipalElement(
        aws=frozenset(_texts(written, "AWS", place)),
        services=frozenset(_texts(written, "Service", place)),
        federated=frozenset(_texts(written, "Federated", place)),
        canonical_users=frozenset(_texts(written, "CanonicalUser", place)),
        negated=negated,
    )


def _conditions(raw: Any, place: str) -> tuple[Condition, ...]:
    if not isinstance(raw, dict):
        _syntax(place)
    found: list[Condition] = []
    for written, block in raw.items():
        if not isinstance(block, dict):
            _syntax(_pointer(place, written))
        if not block:
            continue
        operator, quantifier, if_exists = _operator(written, _pointer(place, written))
        for key in block:
            values = _condition_values(block[key], _pointer(_pointer(place, written), key))
            found.append(Condition(operator, key, values, quantifier, if_exists))
    return tuple(found)


def _operator(written: str, place: str) -> tuple[str, Quantifier | None, bool]:
    prefix, colon, name = written.rpartition(":")
    quantifier = None
    if colon:
        if prefix not in tuple(Quantifier):
            _syntax(place)
        quantifier = Quantifier(prefix)
    if_exists = name.endswith("IfExists")
    operator = name.removesuffix("IfExists")
    if operator == NULL:
        if if_exists or quantifier:
            _syntax(place)
    elif operator not in OPERATORS:
        _syntax(place)
    return operator, quantifier, if_exists


def _condition_values(raw: Any, place: str) -> tuple[str, ...]:
    values = raw if isinstance(raw, list) else [raw]
    found: list[str] = []
    for index, value in enumerate(values):
        if isinstance(value, bool):
            found.append("true" if value else "false")
        elif isinstance(value, str):
            found.append(str(value))
        else:
            _syntax(f"{place}/{index}" if isinstance(raw, list) else place)
    return tuple(found)


def _texts(raw: dict[str, Any], element: str, place: str) -> tuple[str, ...]:
    """A string or a list of strings; a missing element is an empty list, which `grammar` judges."""
    written = raw.get(element, [])
    values = written if isinstance(written, list) else [written]
    for index, value in enumerate(values):
        if not isinstance(value, str) or isinstance(value, _Number):
            _syntax(f"{place}/{element}/{index}" if isinstance(written, list) else f"{place}/{element}")
    return tuple(values)


def _optional_text(raw: dict[str, Any], element: str, place: str) -> str | None:
    value = raw.get(element)
    if element in raw and (not isinstance(value, str) or isinstance(value, _Number)):
        _syntax(f"{place}/{element}")
    return cast("str | None", value)


def _only(raw: dict[str, Any], allowed: frozenset[str], place: str) -> None:
    for element in raw:
        if element not in allowed:
            _syntax(_pointer(place, element))


def _pointer(place: str, key: str) -> str:
    return f"{place}/{key.replace('~', '~0').replace('/', '~1')}"


def _syntax(place: str) -> NoReturn:
    raise MalformedPolicy(SYNTAX, place)
