"""What every kept resource declares, and how it becomes a key and a JSON state and back."""

from __future__ import annotations

import re
from abc import abstractmethod
from enum import Enum
from functools import cache
from typing import Any, ClassVar, Generic, TypeVar

import msgspec

from garrison import codec
from garrison.store.failures import Unstorable

GLOBAL_REGION = "global"
"""The region under which global resources are kept, as in AWS Config's `awsRegion`."""


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """A kept resource; subclasses are declared beside the operations that keep them.

    Instances may be shared by many readers: neither they nor the dicts and lists in them may be changed.
    """

    resource_type: ClassVar[str]
    """The CloudFormation name, e.g. `AWS::IAM::User`."""
    identity: ClassVar[tuple[str, ...]]
    """The fields (texts or natural numbers) that make its key within account and region, in the order of listings."""
    indexed: ClassVar[tuple[str, ...]] = ()
    """The fields that `page` and `count` find by quickly."""
    keeps_history: ClassVar[bool] = True
    is_global: ClassVar[bool] = False
    """Whether it belongs to no region."""

    account: str
    region: str = ""
    """Filled in by the store: the unit of work's region where none is given, `global` for global resources."""
    tags: dict[str, str] = {}
    revision: int = 0
    """Which version this is; set by the store, 0 where it is not stored yet."""

    @property
    @abstractmethod
    def arn(self) -> str:
        """The resource's ARN."""
        raise NotImplementedError


R = TypeVar("R", bound=Resource)

_TYPE_NAME = re.compile(r"[A-Za-z0-9]+(::[A-Za-z0-9]+)+")
_SEPARATOR = "\x01"
_ESCAPES = {"\x00": "\x02\x01", "\x01": "\x02\x02", "\x02": "\x02\x03"}
_ESCAPED = re.compile("[\x00\x01\x02]")
_DIGITS = 20
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""U+0000 as JSON writes it, and not a backslash that happens to stand before `u0000`."""


def key_of(values: tuple[Any, ...]) -> str:
    """Identity values as one text that sorts as the values do; no two identities share a key."""
    if len(values) == 1:
        return _key_part(values[0])
    return _SEPARATOR.join([_key_part(value) for value in values])


def _key_part(value: Any) -> str:
    if type(value) is str and value.isprintable():
        return value
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        return _ESCAPED.sub(lambda found: _ESCAPES[found[0]], value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return f"{value:0{_DIGITS}d}"
    raise TypeError(f"an identity is made of texts and natural numbers, not {type(value).__name__}")


class Kind(Generic[R]):
    """What the store knows of a resource type: its key, its fields' JSON names, its decoder."""

    __slots__ = ("_identity", "columns", "decode", "is_global", "keeps_history", "name", "type")

    def __init__(self, kind: type[R]) -> None:
        if not _TYPE_NAME.fullmatch(kind.resource_type):
            raise TypeError(f"{kind.resource_type!r} is not a resource type's name")
        self.type = kind
        self.name = kind.resource_type
        self.is_global = kind.is_global
        self.keeps_history = kind.keeps_history
        self.columns = {field.name: field.encode_name for field in msgspec.structs.fields(kind)}
        for field in (*kind.identity, *kind.indexed):
            self.json_name(field)
        self.decode = msgspec.json.Decoder(kind).decode
        self._identity = kind.identity

    def json_name(self, field: str) -> str:
        """A field's name in the JSON state; raises `TypeError` for what is no field of the type."""
        name = self.columns.get(field)
        if name is None or not name.isidentifier():
            raise TypeError(f"{self.name} has no field {field!r} to find by")
        return name

    def key(self, resource: R) -> str:
        """A resource's key."""
        return key_of(tuple(getattr(resource, field) for field in self._identity))

    def key_from(self, values: tuple[Any, ...]) -> str:
        """The key of identity values; raises `TypeError` where they are too many or too few."""
        if len(values) != len(self._identity):
            raise TypeError(f"{self.name} is identified by {self._identity}")
        return key_of(values)

    def region(self, region: str) -> str:
        """The region that a resource of this type is kept under, for a unit of work in `region`."""
        return GLOBAL_REGION if self.is_global else region

    def load(self, state: str, revision: int) -> R:
        """A resource from its JSON state."""
        resource = self.decode(state)
        msgspec.structs.force_setattr(resource, "revision", revision)
        return resource

    def state(self, resource: R) -> str:
        """A resource as its JSON state: everything but the revision. Raises `Unstorable` for a text with U+0000."""
        fields = msgspec.to_builtins(resource, str_keys=True, builtin_types=())
        fields.pop(self.columns["revision"], None)
        state = codec.encode(fields).decode()
        if "\\u0000" in state and _NUL.search(state):
            raise Unstorable(f"{self.name}: a text has the character U+0000")
        return state


@cache
def kind_of(kind: type[R]) -> Kind[R]:
    """What the store knows of a resource type."""
    return Kind(kind)
