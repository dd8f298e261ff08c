"""Invitations of hosts: tokens of which the store knows a digest only, good for one host or for a number of a group's."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from garrison.services.rolesanywhere.hosts import Host, host_arn

if TYPE_CHECKING:
    from garrison.services.call import Call

Request = Mapping[str, Any]
_NAMESPACE = "host-invitation"


class Invitation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a token is good for."""

    name: str
    """The host's, or the group's, with which the names of its hosts begin."""
    left: int = 1
    """How often it is good still."""
    is_group: bool = False
    sources: tuple[str, ...] = ()
    """CIDR blocks from which it is good; everywhere where there are none."""
    profile_arn: str = ""
    role_arn: str | None = None
    invited_by: str = ""
    tags: dict[str, str] = {}
    """Of each host that it lets in."""
    own_tags: tuple[str, ...] = ()
    """The keys of tags that a host may choose itself."""

    def lets_in(self, address: str) -> bool:
        """Whether it is good from an address."""
        try:
            at = ipaddress.ip_address(address)
        except ValueError:
            return not self.sources
        return not self.sources or any(at in ipaddress.ip_network(one) for one in self.sources)

    def host(self, call: Call, name: str, host_id: str) -> Host:
        """A host of the group, not enrolled yet."""
        return Host(
            account=call.account,
            region=call.region,
            name=name,
            host_id=host_id,
            profile_arn=self.profile_arn,
            role_arn=self.role_arn,
            invited_by=self.invited_by,
            invited_at=call.at,
            tags=dict(self.tags),
        )


_decode = msgspec.json.Decoder(Invitation).decode


def host_named(call: Call, request: Request) -> str:
    """The ARN of the host that a request names."""
    return host_arn(call.region, call.account, request["Name"])


def new_host_id() -> str:
    """An id as EC2's instances have."""
    return f"i-{secrets.token_hex(9)[:17]}"


def keep(call: Call, token: str, invitation: Invitation, expires_at: datetime) -> None:
    """Keep an invitation in the place of an earlier one of its name."""
    take_back(call, invitation.name)
    value = msgspec.json.encode(invitation)
    call.unit.state_put(_NAMESPACE, _digest(token), value, expires_at=expires_at, region=call.region)


def kept_invitation(call: Call, token: str) -> Invitation | None:
    """The invitation of a token that is good still."""
    found = call.unit.state_get(_NAMESPACE, _digest(token), region=call.region)
    return _read(found.value) if found is not None else None


def invited_host(call: Call, invitation: Invitation) -> Host | None:
    """The one host that an invitation is for."""
    return call.unit.get(Host, invitation.name)


def use_up(call: Call, token: str, invitation: Invitation) -> None:
    """Count a use; with the last the token is good for nothing."""
    digest = _digest(token)
    found = call.unit.state_get(_NAMESPACE, digest, region=call.region)
    if invitation.left <= 1 or found is None:
        call.unit.state_remove(_NAMESPACE, digest, region=call.region)
        return
    value = msgspec.json.encode(msgspec.structs.replace(invitation, left=invitation.left - 1))
    call.unit.state_put(_NAMESPACE, digest, value, expires_at=found.expires_at, region=call.region)


def take_back(call: Call, name: str) -> bool:
    """Let the invitations of a name be good no longer; gives whether there were any."""
    found = [one for one in call.unit.state_page(_NAMESPACE, region=call.region) if _read(one.value).name == name]
    for one in found:
        call.unit.state_remove(_NAMESPACE, one.key, region=call.region)
    return bool(found)


def _read(value: bytes) -> Invitation:
    # Tokens made before groups were: the host's name alone.
    return _decode(value) if value.startswith(b"{") else Invitation(name=value.decode())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
