"""The Condition element: operators, keys, values, and whether they fit each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ... import actions as known
from ...conditions import NULL, OPERATORS
from ...conditions.addresses import network_of
from ...conditions.binaries import bytes_of
from ...conditions.booleans import TRUTH
from ...conditions.dates import seconds_of
from ...conditions.numbers import number_of
from ..values import family_of
from .elements import Place
from .findings import Findings, Path
from .positions import Member, Node
from .variables import check_variables

_TAG_KEYS = frozenset({"aws:requesttag", "aws:resourcetag", "aws:principaltag"})
_PAIRS = {"aws:vpcsourceip": ("aws:SourceVpc", frozenset({"aws:sourcevpc", "aws:sourcevpcarn", "aws:sourcevpce"}))}
_FITTING = {
    "Bool": {"truth", "text"},
    "Boolean": {"truth", "text"},
    "Numeric": {"number"},
    "Long": {"number"},
    "Date": {"date"},
    "IPAddress": {"address"},
    "Binary": {"binary"},
    "ARN": {"text"},
    "String": {"text"},
}
"""The families of operators that compare keys of a type; String operators also compare Boolean ones."""
_VALUE_CHECKS: dict[str, tuple[str, Callable[[str], bool]]] = {
    "truth": ("TYPE_MISMATCH_BOOLEAN", lambda text: text.lower() in TRUTH),
    "date": ("TYPE_MISMATCH_DATE", lambda text: seconds_of(text) is not None),
    "address": ("TYPE_MISMATCH_IP_RANGE", lambda text: network_of(text) is not None),
    "number": ("TYPE_MISMATCH_NUMBER", lambda text: number_of(text) is not None),
    "binary": ("TYPE_MISMATCH_STRING", lambda text: bytes_of(text) is not None),
}
_COMPARED_AS_ONE = frozenset({"events:detail-type"})
"""Declared as a list in the reference, and compared as one value in EventBridge's own policies."""
QUALIFIERS = ("ForAllValues", "ForAnyValue")


def check_conditions(place: Place, findings: Findings) -> None:
    """Examine the conditions of a statement."""
    written = place.element("Condition")
    if written is None:
        return
    path: Path = (*place.path, ("value", "Condition"))
    if written.kind != "Object":
        findings.add("DATA_TYPE_MISMATCH", path, written, expected="Object")
        return
    if not written.members:
        findings.add("EMPTY_OBJECT_CONDITION", path, written)
    for block in written.members:
        here: Path = (*path, ("value", block.key))
        if block.node.kind != "Object":
            findings.add("DATA_TYPE_MISMATCH", here, block.node, expected="Object")
        elif _check_operator(block, (*path, ("key", block.key)), findings):
            _check_block(place, block, here, findings)
    _check_pairs(place, written, path, findings)


def _parts(written: str) -> tuple[str, str, bool]:
    """Qualifier, operator and whether IfExists follows."""
    qualifier, _, name = written.rpartition(":")
    return qualifier, name.removesuffix("IfExists"), name.endswith("IfExists")


def _check_operator(block: Member, path: Path, findings: Findings) -> bool:
    span = (block.start, block.end)
    qualifier, operator, if_exists = _parts(block.key)
    if operator == NULL:
        if if_exists:
            findings.add("NULL_WITH_IF_EXISTS", path, span)
        elif qualifier:
            findings.add("NULL_WITH_QUALIFIER", path, span)
        return True
    if operator not in OPERATORS or (qualifier and qualifier not in QUALIFIERS):
        findings.add("INVALID_CONDITION_OPERATOR", path, span, operator=block.key)
        return False
    return True


def _check_block(place: Place, block: Member, path: Path, findings: Findings) -> None:
    seen: dict[str, str] = {}
    for member in block.node.members:
        key_path: Path = (*path, ("key", member.key))
        span = (member.start, member.end)
        if seen.setdefault(member.key.lower(), member.key) != member.key:
            findings.add("DUPLICATE_KEYS_WITH_DIFFERENT_CASE", key_path, span, key=member.key)
        kind = _check_key(member, key_path, findings)
        values_path: Path = (*path, ("value", member.key))
        _check_fit(place, block.key, member, kind, key_path, findings)
        _check_values(place, block.key, member, values_path, findings)


def _check_key(member: Member, path: Path, findings: Findings) -> str | None:
    """Whether a key exists; its type where it does."""
    span = (member.start, member.end)
    prefix, colon, _ = member.key.partition(":")
    kind = _type_of(member.key)
    lowered = member.key.lower()
    if lowered.rstrip("/") in _TAG_KEYS:
        findings.add("MISSING_TAG_KEY_IN_CONDITION", path, span, key=member.key.rstrip("/"))
    elif lowered == "aws:arn":
        findings.add("DEPRECATED_GLOBAL_CONDITION_KEY", path, span)
    elif not colon and "/" not in member.key and "." not in member.key:
        findings.add("INVALID_CONDITION_KEY_FORMAT", path, span, key=member.key)
    elif kind is None and prefix.lower() == "aws":
        findings.add("INVALID_GLOBAL_CONDITION_KEY", path, span, key=member.key)
    elif kind is None and colon:
        _check_service_key(member, prefix.lower(), path, findings)
    return kind


def _type_of(key: str) -> str | None:
    """A key's type; keys that end with a tag's name are declared with `tag-key` or `${TagKey}` there."""
    kind = known.condition_key_type(key)
    if kind is None and "/" in key:
        kind = known.condition_key_type(key.partition("/")[0] + "/tag-key")
    return kind


def _check_service_key(member: Member, prefix: str, path: Path, findings: Findings) -> None:
    """Identity providers have keys of their own (`accounts.google.com:aud`), so that only plain prefixes are judged."""
    span = (member.start, member.end)
    if "." in prefix or "/" in prefix or prefix in ("saml", "cognito-identity"):
        return
    if prefix in known.services():
        findings.add("INVALID_SERVICE_CONDITION_KEY", path, span, key=member.key, service=prefix)
    else:
        findings.add("INVALID_SERVICE", path, span, service=prefix)


def _check_fit(place: Place, written: str, member: Member, kind: str | None, path: Path, findings: Findings) -> None:
    """Whether operator and qualifier suit the type of the key."""
    if kind is None:
        return
    qualifier, operator, _ = _parts(written)
    span = (member.start, member.end)
    is_list = kind.startswith("ArrayOf")
    if operator == NULL:
        return
    if is_list and not qualifier and member.key.lower() not in _COMPARED_AS_ONE:
        findings.add("MISSING_QUALIFIER", path, span, key=member.key)
    if not is_list and qualifier == "ForAllValues" and place.allows:
        findings.add("FORALLVALUES_WITH_SINGLE_VALUED_KEY", path, span, key=member.key)
    fitting = _FITTING.get(kind.removeprefix("ArrayOf"))
    if fitting is not None and family_of(operator) not in fitting:
        findings.add("TYPE_MISMATCH", path, span, key=member.key, expected=kind, operator=operator)


def _check_values(place: Place, written: str, member: Member, path: Path, findings: Findings) -> None:
    qualifier, operator, if_exists = _parts(written)
    node = member.node
    if node.kind == "Array" and not node.items:
        findings.add(_empty_code(qualifier, if_exists=if_exists), path, node, key=member.key)
        return
    if node.kind in ("Object", "Null") or any(one.kind in ("Object", "Null", "Array") for one in node.listed):
        findings.add("DATA_TYPE_MISMATCH", path, node, expected="String")
        return
    if len({one.kind for one in node.listed}) > 1:
        findings.add("INVALID_CONDITION_DATA_TYPE", path, node)
    family = "truth" if operator == NULL else family_of(operator)
    if family == "truth" and len({str(one.value).lower() for one in node.listed}) > 1:
        findings.add("INVALID_CONDITION_MULTIPLE_BOOLEAN", path, node)
    for index, one in enumerate(node.listed):
        here: Path = (*path, ("index", index)) if node.kind == "Array" else path
        _check_value(place, operator, family, one, here, findings)
    if family == "address" and member.key.lower() == "aws:sourceip":
        _check_private(operator, node, path, findings)


def _empty_code(qualifier: str, *, if_exists: bool) -> str:
    if if_exists:
        return "EMPTY_ARRAY_CONDITION_IFEXISTS"
    return f"EMPTY_ARRAY_CONDITION_{qualifier.upper()}" if qualifier in QUALIFIERS else "EMPTY_ARRAY_CONDITION"


def _check_value(place: Place, operator: str, family: str | None, node: Node, path: Path, findings: Findings) -> None:
    text = _text(node)
    if family == "text":
        if node.kind == "String" and not check_variables(node, path, findings, are_known=place.has_variables):
            return
        if "Like" not in operator and not operator.startswith("Arn") and {"*", "?"} & set(_plain(text)):
            findings.add("WILDCARD_WITHOUT_LIKE_OPERATOR", path, node, operator=operator)
        return
    if "${" in text:
        findings.add("INVALID_VARIABLE_FOR_OPERATOR", path, node)
        return
    code, is_valid = _VALUE_CHECKS[family or "truth"]
    if not is_valid(text):
        findings.add(code, path, node, operator=operator, value=text)
    elif family == "date" and text.isdigit() and len(text) > 4:
        findings.add("INVALID_DATE_VALUE", path, node, value=text)


def _text(node: Node) -> str:
    return str(node.value).lower() if node.kind == "Boolean" else str(node.value)


def _plain(text: str) -> str:
    """The text without the escapes of wildcards."""
    return text.replace("${*}", "").replace("${?}", "")


def _check_private(operator: str, node: Node, path: Path, findings: Findings) -> None:
    networks = [network_of(str(one.value)) for one in node.listed]
    private = [network for network in networks if network is not None and network.is_private]
    if not private:
        return
    code = "PRIVATE_IP_ADDRESS" if operator == "IpAddress" else "PRIVATE_NOT_IP_ADDRESS"
    findings.add(code if len(private) == len(networks) else f"{code}_SUBSET", path, node)


def _check_pairs(place: Place, written: Node, path: Path, findings: Findings) -> None:
    """Keys that say little without another one."""
    keys = dict(_keys(written))
    for key, member in keys.items():
        pair = _PAIRS.get(key)
        if pair is not None and place.allows and pair[1].isdisjoint(keys):
            findings.add(
                "MISSING_PAIRED_CONDITION_KEYS",
                (*path, ("key", member.key)),
                (member.start, member.end),
                key=member.key,
                pair=pair[0],
            )


def _keys(written: Node) -> Iterator[tuple[str, Member]]:
    for block in written.members:
        for member in block.node.members:
            yield member.key.lower(), member
