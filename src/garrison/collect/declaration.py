"""The words in which a service's file says what to call and how the answers become configuration items.

A path names members of an answer: `Placement.AvailabilityZone`, `Reservations[].Instances[]`; `.` is the value itself, and each
leading `^` goes to the row that a call was made for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Place(StrEnum):
    """Where a part of an item goes."""

    CONFIGURATION = "configuration"
    SUPPLEMENTARY = "supplementary"
    TAGS = "tags"


@dataclass(frozen=True, slots=True)
class At:
    """A parameter's value: what stands at a path of the row that the call is made for."""

    path: str


@dataclass(frozen=True, slots=True)
class AccountId:
    """A parameter's value: the id of the account that is collected."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A call made for many rows at once."""

    parameter: str
    """Which takes the list of values."""
    path: str
    """Of the value in each row."""
    most: int
    """Values that the operation takes."""


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One reading operation and where the list lies in its answer."""

    operation: str
    rows: str = "."
    params: Mapping[str, Any] = field(default_factory=dict)
    each: Call | None = None
    """The call for each of whose rows this one is made."""
    batch: Batch | None = None
    service: str | None = None
    """botocore's name of the service, where it is not the file's own."""
    before: Call | None = None
    """What must be called first, as GenerateCredentialReport before GetCredentialReport."""
    again: tuple[str, ...] = ()
    """Error codes that mean: not ready yet."""
    absent: Mapping[str, Any] = field(default_factory=dict)
    """Answers that stand for error codes by which the service says that there is none; `Code: words` where the message has to tell."""
    reads: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    """Takes an answer apart that is a text or a file inside; it is then no longer of botocore's shape."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What another call tells of a resource."""

    name: str
    """Its key in the item; empty of tags."""
    call: Call
    take: str = "."
    """Path of the value in the answer (in its row, with `on`)."""
    into: Place = Place.SUPPLEMENTARY
    absent: tuple[str, ...] = ()
    """Error codes by which the service says that there is none; `Code: words` where the message has to tell."""
    default: Any = None
    """The value where there is none; None leaves the key away."""
    shaped: Callable[[Any], Any] | None = None
    """Gives Config's form of the value, where it is not the API's."""
    on: tuple[str, str] | None = None
    """Path in the call's rows and path in the resource that must be equal: one call answers for all resources."""
    when: Callable[[Any], bool] | None = None
    """Whether to ask at all, by the resource's row."""
    given: tuple[str, Callable[[Any], bool]] | None = None
    """An earlier part, and whether what it says leaves room for this one; where it does not there is none, without asking."""

    @property
    def title(self) -> str:
        """The word by which it is asked for, and by which an item says that it is unknown."""
        return "tags" if self.into is Place.TAGS else self.name


@dataclass(frozen=True, slots=True)
class Tie:
    """A relationship to the resources whose ids stand at a path."""

    name: str
    """As Config words it: `Is contained in Vpc`."""
    resource_type: str
    path: str
    """Of ids, names or ARNs: those of resources that were collected too become their ids."""
    known: bool = False
    """Whether to tie only to resources that were collected too."""


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """How to ask for a resource's region."""

    call: Call
    path: str
    names: Mapping[str | None, str]
    """Regions that the answer says otherwise, as S3's `EU`."""
    by: str | None = None
    """The parameter that narrows the listing to a region: a listing for each region, where that is honoured, tells of all at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Type:
    """A resource type: which call lists it, and how an item follows from a row."""

    name: str
    """The CloudFormation name."""
    call: Call
    id: str
    """A path, or a text with paths in braces."""
    arn: str
    """A path, or a text with paths and `{partition}`, `{region}`, `{account}` in braces."""
    title: str | None = None
    """Path of `resourceName`; of an ARN or a URL its last word."""
    tags: str | None = None
    created: str | None = None
    zone: str | None = None
    region: str | None = None
    """Path of the region, where one call lists resources of many (or `global`); the region asked otherwise."""
    located: Located | None = None
    """Tells the region where there is none at that path."""
    home: str | None = None
    """Path of the region that a resource belongs to, where others list it too: it is told once, also if its own is not looked at."""
    owner: str | None = None
    """Path of an account's id: resources that others share with the account are left out."""
    ties: tuple[Tie, ...] = ()
    parts: tuple[Part, ...] = ()
    keep: Callable[[Any], bool] | None = None
    """Which rows are resources of the account, where the answer has others too."""
    rename: Mapping[str, str] = field(default_factory=dict)
    """Members that Config calls otherwise, by the API's names."""
    drop: tuple[str, ...] = ()
    """Members that Config leaves away."""
    only: tuple[str, ...] | None = None
    """The members that make the configuration, where it is not all of them."""
    added: Mapping[str, str] = field(default_factory=dict)
    """Properties of the configuration that do not stand in the row: paths or texts with paths."""
    secrets: tuple[str, ...] = ()
    """Paths of what may hold secrets; `{}` after a map's name stands for each of its values."""
    shaped: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    """Gives Config's form of the configuration, where names alone do not make it."""
    narrow: str | None = None
    """The parameter by which the call is asked for one resource by its id alone; with `[]` it takes a list."""


@dataclass(frozen=True, slots=True, eq=False)
class Service:
    """What is collected of one AWS service."""

    name: str
    """botocore's name."""
    types: tuple[Type, ...]
    is_global: bool = False
    """Whether one call answers for all regions."""
