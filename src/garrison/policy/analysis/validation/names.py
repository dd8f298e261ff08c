"""Actions and resources of a statement: whether they exist, are written well, and are needed."""

from __future__ import annotations

import re
from functools import lru_cache

from ... import actions as known
from ...glob import compile_pattern, tokenize
from ..automaton import Shape, intersects
from ..effort import Effort, Exhausted
from ..resources import part_shape
from .elements import Place
from .findings import Findings, Path
from .positions import Node
from .variables import check_no_variables, check_variables, without_variables

PARTITIONS = frozenset({"aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"})
CLOSED_FORMATS = frozenset({"dynamodb", "ec2", "iam", "kinesis", "kms", "lambda", "logs", "sns", "sqs", "states"})
"""Services whose ARN formats AWS's reference has all; AWS's own policies use formats of others that it does not list."""
MAX_WILDCARDS_COMPARED = 100
"""Wildcards of one element that others are compared with."""
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d+|us-gov-(east|west)-\d|aws-global|\*")
_ACCOUNT = re.compile(r"\d{12}|aws|amazon|cloudfront|[a-z-]+")
_WILD = frozenset("*?")


def check_actions(place: Place, findings: Findings) -> None:
    """Examine Action and NotAction."""
    for name in ("Action", "NotAction"):
        written = list(place.values(name))
        for node, path in written:
            if not check_no_variables(node, path, findings):
                _check_action(node, path, findings)
        _check_redundancy(written, "REDUNDANT_ACTION", "action", findings)


def _check_action(node: Node, path: Path, findings: Findings) -> None:
    text: str = node.value
    if text == "*":
        return
    service, colon, _ = text.partition(":")
    if _WILD & set(service):
        findings.add("WILDCARD_IN_SERVICE_NAME", path, node)
    elif not colon or service.lower() not in _services():
        findings.add("INVALID_SERVICE_IN_ACTION", path, node, service=service)
    elif not _names_an_action(service.lower(), text.lower()):
        findings.add("INVALID_ACTION", path, node, action=text)


@lru_cache(maxsize=16_384)
def _names_an_action(service: str, action: str) -> bool:
    if not _WILD & set(action):
        return known.is_known_action(action)
    matches = compile_pattern(action)
    return any(matches(name.lower()) for name in known.actions_of(service))


@lru_cache(maxsize=1)
def _services() -> frozenset[str]:
    return frozenset(known.services())


def _check_redundancy(written: list[tuple[Node, Path]], code: str, word: str, findings: Findings) -> None:
    """Values that others of the same element include. Actions compare without case, resources with it."""
    folds = word == "action"
    texts = [node.value.lower() if folds else node.value for node, _ in written]
    wild = [(number, text) for number, text in enumerate(texts) if _WILD & set(text)][:MAX_WILDCARDS_COMPARED]
    patterns = [(number, text, compile_pattern(text)) for number, text in wild]
    first: dict[str, int] = {}
    for number, (text, (node, path)) in enumerate(zip(texts, written, strict=True)):
        other = first.setdefault(text, number)
        if other == number:
            plain = text.replace("?", "*")
            other = next(
                (one for one, pattern, has in patterns if pattern != text and one != number and has(plain)), -1
            )
        if other not in (-1, number):
            findings.add(code, path, node, **{word: node.value, "other": written[other][0].value})


def check_resources(place: Place, findings: Findings) -> None:
    """Examine Resource and NotResource."""
    for name in ("Resource", "NotResource"):
        written = list(place.values(name))
        for node, path in written:
            if check_variables(node, path, findings, are_known=place.has_variables) and node.value != "*":
                _check_arn(node, path, findings)
        _check_redundancy(written, "REDUNDANT_RESOURCE", "resource", findings)


def _check_arn(node: Node, path: Path, findings: Findings) -> None:
    text = without_variables(node.value)
    fields = text.split(":", 5)
    if fields[0] != "arn":
        if not _WILD & set(fields[0]):
            findings.add("INVALID_ARN_PREFIX", path, node)
        return
    if len(fields) < 6:
        if not fields[-1].endswith("*"):
            findings.add("MISSING_ARN_FIELD", path, node)
        return
    _, partition, service, region, account, _ = fields
    if partition not in PARTITIONS and not _WILD & set(partition):
        findings.add("INVALID_PARTITION", path, node, partition=partition)
    elif service != service.lower():
        findings.add("INVALID_ARN_SERVICE_CASE", path, node, service=service)
    elif not _WILD & set(service):
        _check_fields(node, path, service, region, account, findings)


def _check_fields(node: Node, path: Path, service: str, region: str, account: str, findings: Findings) -> None:
    formats = _formats(service)
    if account and not _WILD & set(account) and not _ACCOUNT.fullmatch(account):
        findings.add("INVALID_ARN_ACCOUNT", path, node, account=account)
    elif formats and account and not _WILD & set(account) and not any(one[4] for one in formats):
        findings.add("ARN_ACCOUNT_NOT_ALLOWED", path, node, service=service)
    elif formats and region and not _WILD & set(region) and not any(one[3] for one in formats):
        findings.add("ARN_REGION_NOT_ALLOWED", path, node, service=service)
    elif region and not _WILD & set(region) and not _REGION.fullmatch(region):
        findings.add("INVALID_ARN_REGION", path, node, region=region)
    elif formats and not region and all(one[3] for one in formats):
        findings.add("MISSING_ARN_REGION", path, node, service=service)
    elif service in CLOSED_FORMATS and not _fits(without_variables(node.value), service):
        findings.add("INVALID_ARN_RESOURCE", path, node, service=service)


@lru_cache(maxsize=512)
def _formats(service: str) -> tuple[tuple[str, ...], ...]:
    """The ARN formats of a service's resources, as their six fields; none where the service has other names in ARNs."""
    found: dict[tuple[str, ...], None] = {}
    for name in known.actions_of(service):
        facts = known.action(name)
        for use in facts.resources if facts else ():
            kind = known.resource_type(service, use.name)
            if kind is not None:
                fields = tuple(re.sub(r"\$\{[^}]*\}", "*", kind.arn_format).split(":", 5))
                if len(fields) == 6 and fields[2] == service:
                    found.setdefault(fields)
    return tuple(found)


@lru_cache(maxsize=4096)
def _fits(text: str, service: str) -> bool:
    """Whether the resource part can be one that the service has."""
    written = text.split(":", 5)[5]
    if service == "iam" and written == "root":
        return True
    resource = _part(written)
    try:
        return any(intersects(resource, _part(fields[5]), Effort(4000)) for fields in _formats(service))
    except Exhausted:
        return True


def _part(text: str) -> Shape:
    return part_shape(tokenize(text))
