"""What is kept of a conformance pack; its rules are kept as rules."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from garrison.store import Resource

NOT_IMPLEMENTED_SHOWN = 2_000
"""Characters of a pack's status reason."""


class ConformancePack(Resource, frozen=True, kw_only=True):
    """A pack as it was put."""

    resource_type: ClassVar[str] = "AWS::Config::ConformancePack"
    identity: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    pack_id: str
    """`conformance-pack-` and nine characters; the names of its rules end so."""
    delivery_bucket: str | None = None
    delivery_prefix: str | None = None
    input_parameters: tuple[tuple[str, str], ...] = ()
    """As they were given, in that order."""
    requested_at: datetime
    not_implemented: tuple[str, ...] = ()
    """Identifiers of managed rules that it asks for and that are not built."""
    rule_count: int

    @property
    def arn(self) -> str:
        """The pack's ARN."""
        return pack_arn(self.region, self.account, f"{self.name}/{self.pack_id}")


def pack_arn(region: str, account: str, rest: str) -> str:
    """The ARN of a pack, or of all with `*`."""
    return f"arn:aws:config:{region}:{account}:conformance-pack/{rest}"
