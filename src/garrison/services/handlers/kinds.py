"""A type of resource as CloudFormation knows it: its properties, which of them need a new resource, and what makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from garrison.services.handlers.failures import InvalidProperties

if TYPE_CHECKING:
    from garrison.services.handlers.work import Work

Make = Callable[["Work"], None]
Read = Callable[["Work"], "Mapping[str, Any] | None"]


class TagStyle(Enum):
    """Which tags of a stack its resources of a type get."""

    ALL = "all"
    """The stack's, and CloudFormation's own (`aws:cloudformation:stack-name` …)."""
    OF_STACK = "stack"
    """The stack's: where a service takes no key that begins with `aws:` (IAM)."""
    MAPPED = "mapped"
    """All, in a property that is a mapping of keys to values instead of a list."""


@dataclass(slots=True)
class Kind:
    """A type of resource, declared once at import; its functions register with the methods named like them."""

    name: str
    """The type: `AWS::SNS::Topic`."""
    properties: frozenset[str]
    """Those that are taken. What AWS has besides is refused by its name."""
    required: frozenset[str] = frozenset()
    create_only: frozenset[str] = frozenset()
    """Those whose change needs a new resource ("Update requires: Replacement")."""
    attributes: frozenset[str] = frozenset()
    """What `Fn::GetAtt` gives."""
    secret_attributes: frozenset[str] = frozenset()
    """Attributes that are kept sealed and shown by nobody."""
    name_property: str | None = None
    """The property that gives a resource a name of the user's: it cannot be replaced under that name."""
    tags: TagStyle | None = None
    """Whether and which tags of the stack it gets, in the property `Tags`."""
    gone: frozenset[str] = frozenset()
    """The errors by which its service says that there is no such resource; deleting one is then done."""
    write_only: frozenset[str] = frozenset()
    """Properties that cannot be read back, so that drift is not looked for in them."""
    creator: Make | None = field(default=None, init=False)
    updater: Make | None = field(default=None, init=False)
    deleter: Make | None = field(default=None, init=False)
    reader: Read | None = field(default=None, init=False)

    def create(self, function: Make) -> Make:
        """Register what makes the resource: it must say `work.made(physical_id)` as soon as there is one."""
        self.creator = function
        return function

    def update(self, function: Make) -> Make:
        """Register what changes it in place; without it every change needs a new one."""
        self.updater = function
        return function

    def delete(self, function: Make) -> Make:
        """Register what deletes it."""
        self.deleter = function
        return function

    def read(self, function: Read) -> Read:
        """Register what gives its properties as they are now, None where it is gone; of those it has not set, too."""
        self.reader = function
        return function

    def check(self, properties: Mapping[str, Any]) -> None:
        """Refuse unknown and missing properties; raises `InvalidProperties`."""
        for name in properties:
            if name not in self.properties:
                raise InvalidProperties(f"#: extraneous key [{name}] is not permitted")
        for name in sorted(self.required):
            if properties.get(name) is None:
                raise InvalidProperties(f"#: required key [{name}] not found")

    def needs_new(self, changed: Iterable[str]) -> bool:
        """Whether the change of these properties needs a new resource."""
        return any(self.is_create_only(name) for name in changed)

    def is_create_only(self, name: str) -> bool:
        """Whether a change of a property needs a new resource."""
        return self.updater is None or name in self.create_only


_kinds: dict[str, Kind] = {}

_HOMES = {
    "AWS::AccessAnalyzer": "accessanalyzer",
    "AWS::CloudFormation": "cloudformation",
    "AWS::CloudHSM": "cloudhsmv2",
    "AWS::CloudTrail": "cloudtrail",
    "AWS::CloudWatch": "cloudwatch",
    "AWS::Config": "config",
    "AWS::EC2": "ec2",
    "AWS::IAM": "iam",
    "AWS::Inspector": "inspector",
    "AWS::InspectorV2": "inspector2",
    "AWS::KMS": "kms",
    "AWS::Lambda": "lambda_",
    "AWS::Logs": "logs",
    "AWS::Organizations": "organizations",
    "AWS::RolesAnywhere": "rolesanywhere",
    "AWS::S3": "s3",
    "AWS::SNS": "sns",
    "AWS::SQS": "sqs",
    "AWS::WAFv2": "wafv2",
}
"""The service that declares the handlers of a namespace."""


def kind(
    name: str,
    properties: str,
    *,
    required: str = "",
    create_only: str = "",
    attributes: str = "",
    sealed: str = "",
    gone: str = "",
    write_only: str = "",
    name_property: str | None = None,
    tags: TagStyle | None = None,
) -> Kind:
    """Declare a type; names are given as texts with spaces between. `sealed` are the attributes that are secret."""
    made = Kind(
        name,
        frozenset(properties.split()) | ({"Tags"} if tags is not None else set()),
        required=frozenset(required.split()),
        create_only=frozenset(create_only.split()),
        attributes=frozenset(attributes.split()) | frozenset(sealed.split()),
        secret_attributes=frozenset(sealed.split()),
        gone=frozenset(gone.split()),
        write_only=frozenset(write_only.split()),
        name_property=name_property,
        tags=tags,
    )
    _kinds[name] = made
    return made


def kind_of(name: str) -> Kind | None:
    """The type of a name, None for one that Garrison has not."""
    home = _HOMES.get("::".join(name.split("::")[:2]))
    if home is not None:
        _load(home)
    return _kinds.get(name)


def known_types() -> list[str]:
    """The names of all types, in order."""
    for home in _HOMES.values():
        _load(home)
    return sorted(_kinds)


@cache
def _load(home: str) -> None:
    package = f"garrison.services.{home}"
    if find_spec(package) is not None and find_spec(f"{package}.cloudformation") is not None:
        import_module(f"{package}.cloudformation")
