"""Templates as requests bring them: in the request, from a bucket of Garrison's own S3, or the one that a stack has.

A TemplateURL is only ever read as the name of an object here, with the caller's rights: nothing is fetched by network.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from garrison.errors import ApiError
from garrison.services.cloudformation.faults import invalid
from garrison.services.cloudformation.resources import Stack, StackTemplate, stack_arn
from garrison.services.cloudformation.service import PRINCIPAL
from garrison.services.handlers import kind_of, known_types
from garrison.services.inside import call_as_service, call_for_caller
from garrison.templates import MAX_BYTES, Template, TemplateInvalid, Types, parse, validate

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit

_VIRTUAL = re.compile(r"([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\.s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com")
_PATH = re.compile(r"s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com")
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_POLICY_BYTES = 16_384
"""Of a stack policy from a bucket (API reference, CreateStack)."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What a request brings: for `prepare`, so that nothing is fetched or parsed within a transaction."""

    template: str | None = None
    policy: str | None = None
    policy_during_update: str | None = None


def fetch_texts(call: Call, request: Mapping[str, Any]) -> None:
    """Have template and policies of a request in the call's evidence, and see that its role can be assumed; raises `ApiError`."""
    if request.get("RoleARN"):
        check_role(call, request["RoleARN"])
    template = _text(call, request, "TemplateBody", "TemplateURL", MAX_BYTES)
    if template is not None:
        read(template)
    call.evidence = Texts(
        template,
        _text(call, request, "StackPolicyBody", "StackPolicyURL", _POLICY_BYTES),
        _text(call, request, "StackPolicyDuringUpdateBody", "StackPolicyDuringUpdateURL", _POLICY_BYTES),
    )


def check_role(call: Call, role: str) -> None:
    """Refuse a role that CloudFormation may not assume."""
    parameters = {"RoleArn": role, "RoleSessionName": "AWSCloudFormation"}
    arn = stack_arn(call.region, call.account, "*")
    try:
        call_as_service(
            call.parts, PRINCIPAL, call.account, call.region, "sts", "AssumeRole", parameters, source_arn=arn
        )
    except ApiError:
        raise invalid(f"Role {role} is invalid or cannot be assumed") from None


def _text(call: Call, request: Mapping[str, Any], body: str, url: str, most: int) -> str | None:
    given, address = request.get(body), request.get(url)
    if given is not None and address is not None:
        raise invalid(f"Only one of {body} and {url} may be given.")
    return _fetched(call, address, most) if address is not None else given


def _fetched(call: Call, address: str, most: int) -> str:
    bucket, key = _object(address)
    try:
        answer = call_for_caller(call, PRINCIPAL, "s3", "GetObject", {"Bucket": bucket, "Key": key})
    except ApiError as error:
        raise invalid(
            f"S3 error: {error.message}\nFor more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"
        ) from None
    if answer["ContentLength"] > most:
        raise invalid(f"Template may not exceed {most} bytes in size.")
    body = answer["Body"]
    try:
        return (body if isinstance(body, bytes) else b"".join(body)).decode()
    except UnicodeDecodeError:
        raise invalid("Template format error: the template is not encoded as UTF-8.") from None


def _object(address: str) -> tuple[str, str]:
    """The bucket and key of an object's URL."""
    try:
        parts = urlsplit(address)
        host, path = parts.hostname or "", unquote(parts.path.lstrip("/"))
    except ValueError:
        host = path = ""
    virtual = _VIRTUAL.fullmatch(host)
    if virtual is not None and path:
        return virtual[1], path
    bucket, _, key = path.partition("/")
    if bucket and key and (_PATH.fullmatch(host) or host in _HERE):
        return bucket, key
    raise invalid("TemplateURL must be a supported URL.")


def template_id(text: str) -> str:
    """The id that a template is kept under."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def read(text: str) -> Template:
    """A template from its text, validated; raises `ApiError`."""
    try:
        return _read(text)
    except TemplateInvalid as error:
        raise invalid(error.message) from None


@lru_cache(maxsize=64)
def _read(text: str) -> Template:
    template = parse(text)
    validate(template, _types())
    return template


@lru_cache(maxsize=1)
def _types() -> Types:
    return Types(frozenset(known_types()), _attributes)


def _attributes(name: str) -> frozenset[str] | None:
    found = kind_of(name)
    return found.attributes if found is not None else None


def kept_text(unit: Unit, stack: Stack, template: str) -> str:
    """The text of a template that a stack has."""
    found = unit.get(StackTemplate, stack.uuid, template)
    assert found is not None, "a stack's template is kept as long as the stack"
    return found.text


def keep_text(unit: Unit, stack_uuid: str, text: str) -> str:
    """Keep a stack's template; gives its id."""
    name = template_id(text)
    if unit.get(StackTemplate, stack_uuid, name) is None:
        unit.add(StackTemplate(account=unit.account, region=unit.region, stack=stack_uuid, id=name, text=text))
    return name
