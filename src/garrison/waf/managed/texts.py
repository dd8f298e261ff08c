"""What the data files say: what is looked for (detections), and the rules of each version of a group that look for it."""

from __future__ import annotations

import datetime
from typing import Literal

import msgspec

Place = Literal[
    "argument names",
    "body",
    "cookies",
    "file name headers",
    "header",
    "headers",
    "method",
    "path",
    "query arguments",
    "query string",
    "raw body",
    "shown headers",
]
"""Where a rule looks. `body` is the body taken apart as a server does, with its values decoded, `query arguments` the
values of the query string, decoded once as well; `raw body` and `query string` are as they came. `headers` are all but Cookie, `shown headers`
are User-Agent and Referer; `cookies` are their
names and values."""


class Detection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that rules look for, in any of several ways. Once a version of a group has it, it does not change: a better one has another name."""

    about: str
    """A sentence: what it matches, and why that is an attack."""
    references: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    """Text transformations, in order."""
    only: tuple[Place, ...] = ()
    """Where it is looked for, when not in all places of the rule."""
    regexes: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    """Of which one is the whole value."""
    sqli: Literal["LOW", "HIGH"] | None = None
    """The sensitivity with which the detector of SQL injections is asked."""
    xss: bool = False
    """Whether the detector of scripts is asked."""
    longer_than: int | None = None
    """Bytes."""
    absent: bool = False
    """Whether the component is missing or empty."""
    list: str = ""
    """The name of a list of addresses that the operator supplies."""
    words: dict[str, tuple[str, ...]] = {}
    """Lists of words that stand in the expressions as `<name>`."""


class RuleText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule."""

    name: str
    label: str
    """Without the group's namespace."""
    about: str
    """A sentence: what it matches."""
    detections: tuple[str, ...]
    places: tuple[Place, ...] = ()
    """None for lists of addresses."""
    header: str = ""
    """The name of the one header that the place `header` is."""
    action: Literal["Block", "Count"] = "Block"


class GroupText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A version of a group."""

    vendor: str
    name: str
    about: str
    namespace: str
    """What its labels begin with."""
    capacity: int
    """Web ACL capacity units, as AWS counts the group of this name."""
    version: str
    """`Version_1.0`; empty for a group that follows its lists and so has no versions."""
    since: datetime.date
    expires: datetime.date | None = None
    """When this version ends, for those who named it."""
    changes: str
    """A sentence: how it differs from the version before."""
    rules: tuple[RuleText, ...]
