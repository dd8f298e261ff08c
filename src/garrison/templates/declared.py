"""A parameter's declaration: its type and its constraints, read with AWS's errors."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from garrison.templates.faults import Path, TemplateInvalid
from garrison.templates.model import Parameter
from garrison.templates.patterns import allowed_pattern

_MEMBERS = frozenset(
    {
        "Type",
        "Default",
        "AllowedValues",
        "AllowedPattern",
        "ConstraintDescription",
        "Description",
        "MinLength",
        "MaxLength",
        "MinValue",
        "MaxValue",
        "NoEcho",
    }
)
PLAIN_TYPES = frozenset({"String", "Number", "List<Number>", "List<String>", "CommaDelimitedList"})
FORMS: Mapping[str, str | None] = {
    "AWS::EC2::AvailabilityZone::Name": r"[a-z]{2}(-[a-z]+)+-\d[a-z]",
    "AWS::EC2::Image::Id": r"ami-[0-9a-f]{8,17}",
    "AWS::EC2::Instance::Id": r"i-[0-9a-f]{8,17}",
    "AWS::EC2::KeyPair::KeyName": r"[\x20-\x7e]{1,255}",
    "AWS::EC2::SecurityGroup::GroupName": r"[\x20-\x7e]{1,255}",
    "AWS::EC2::SecurityGroup::Id": r"sg-[0-9a-f]{8,17}",
    "AWS::EC2::Subnet::Id": r"subnet-[0-9a-f]{8,17}",
    "AWS::EC2::Volume::Id": r"vol-[0-9a-f]{8,17}",
    "AWS::EC2::VPC::Id": r"vpc-[0-9a-f]{8,17}",
    "AWS::Route53::HostedZone::Id": r"[A-Z0-9]{1,32}",
}
"""Types whose values name resources, and what their names look like. Source: User Guide, "AWS-specific parameter types"."""
SSM_NAME = "AWS::SSM::Parameter::Name"
_SSM_VALUE = re.compile(r"AWS::SSM::Parameter::Value<(.+)>")
_UNLISTED = frozenset({"AWS::EC2::KeyPair::KeyName"})
"""Types of which there is no list. Source: as above."""


def parameter(name: str, found: Mapping[str, Any], path: Path) -> Parameter:
    """A parameter from its object; raises TemplateInvalid."""
    for member in found:
        if member not in _MEMBERS:
            raise TemplateInvalid(f"Invalid template parameter property '{member}'", (*path, member))
    kind = found.get("Type")
    if kind is None:
        raise TemplateInvalid("Template format error: Every Parameters object must contain a Type member.", path)
    if not isinstance(kind, str) or not known_type(kind):
        raise TemplateInvalid(f"Template format error: Unrecognized parameter type: {kind}", (*path, "Type"))
    allowed = found.get("AllowedValues", [])
    if not isinstance(allowed, list) or any(isinstance(one, dict | list) for one in allowed):
        raise TemplateInvalid(
            "Template format error: Every AllowedValues member must be a list.", (*path, "AllowedValues")
        )
    made = Parameter(
        name=name,
        type=kind,
        default=_default(found, path),
        allowed_values=tuple(text_of(one) for one in allowed),
        allowed_pattern=_string(found, "AllowedPattern", path),
        constraint_description=_string(found, "ConstraintDescription", path),
        description=_string(found, "Description", path),
        min_length=_whole(found, "MinLength", path),
        max_length=_whole(found, "MaxLength", path),
        min_value=_number(found, "MinValue", path),
        max_value=_number(found, "MaxValue", path),
        no_echo=_flag(found, "NoEcho", path),
    )
    _check_pattern(made, path)
    return made


def known_type(kind: str) -> bool:
    """Whether there is such a type of parameter."""
    if kind in PLAIN_TYPES or kind in FORMS or kind == SSM_NAME:
        return True
    if kind.startswith("List<") and kind.endswith(">"):
        return kind[5:-1] in FORMS and kind[5:-1] not in _UNLISTED
    inner = _SSM_VALUE.fullmatch(kind)
    return inner is not None and (inner.group(1) in PLAIN_TYPES or known_type(inner.group(1)))


def text_of(value: Any) -> str:
    """A scalar as the text that AWS makes of it."""
    return value if isinstance(value, str) else json.dumps(value)


def _check_pattern(made: Parameter, path: Path) -> None:
    if made.allowed_pattern is None:
        return
    try:
        allowed_pattern(made.allowed_pattern)
    except TemplateInvalid as error:
        raise TemplateInvalid(error.message, (*path, "AllowedPattern")) from None


def _default(found: Mapping[str, Any], path: Path) -> str | None:
    value = found.get("Default")
    if value is None:
        return None
    if isinstance(value, dict | list):
        raise TemplateInvalid("Template format error: Every Default member must be a string.", (*path, "Default"))
    return text_of(value)


def _string(found: Mapping[str, Any], member: str, path: Path) -> str | None:
    value = found.get(member)
    if value is None or isinstance(value, str):
        return value
    raise TemplateInvalid(f"Template format error: Every {member} member must be a string.", (*path, member))


def _number(found: Mapping[str, Any], member: str, path: Path) -> float | None:
    value = found.get(member)
    if value is None:
        return None
    try:
        if isinstance(value, bool) or not math.isfinite(made := float(value)):
            raise ValueError
    except (ValueError, TypeError):
        raise TemplateInvalid(
            f"Template format error: Every {member} member must be a number.", (*path, member)
        ) from None
    return made


def _whole(found: Mapping[str, Any], member: str, path: Path) -> int | None:
    value = _number(found, member, path)
    return None if value is None else int(value)


def _flag(found: Mapping[str, Any], member: str, path: Path) -> bool:
    value = found.get(member, False)
    if isinstance(value, bool) or value in ("true", "false"):
        return value in (True, "true")
    raise TemplateInvalid(f"Template format error: Every {member} member must be a boolean.", (*path, member))
