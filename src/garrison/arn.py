"""Amazon Resource Names: made and taken apart in one place."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class Arn(NamedTuple):
    """The six parts of an ARN."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"

    @property
    def name(self) -> str:
        """What follows the last slash (or the last colon) of the resource part."""
        return self.resource.rsplit("/", 1)[-1].rsplit(":", 1)[-1]


@lru_cache(maxsize=8192)
def parse_arn(text: str) -> Arn | None:
    """An ARN's parts, or None where the text is not an ARN."""
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or not parts[1] or not parts[2] or not parts[5]:
        return None
    return Arn(*parts[1:])


def iam_arn(account: str, kind: str, path: str, name: str) -> str:
    """The ARN of an IAM resource: `kind` is `user`, `role`, `group`, `policy`, `instance-profile` …; `path` begins and ends with `/`."""
    return f"arn:aws:iam::{account}:{kind}{path}{name}"
