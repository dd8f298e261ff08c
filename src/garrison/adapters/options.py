"""The settings that all adapters share: which web ACL, where it comes from, and what happens where it cannot decide."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from garrison.errors import OperatorError

BODY_BYTES = 64 * 1024
"""The most of a body that AWS WAF inspects (WAF Developer Guide, "Considerations for managing body inspection")."""
MOST_BODY_BYTES = 8 * 1024 * 1024


class Fail(StrEnum):
    """What becomes of a request that cannot be decided about."""

    OPEN = "open"
    """It goes on."""
    CLOSED = "closed"
    """It is refused."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How an adapter is set up. Raises `OperatorError` for settings that contradict each other."""

    web_acl: str = ""
    """The web ACL's name, its ARN, or the ARN of a resource that it is associated with (`AssociateWebACL`)."""
    scope: str = "REGIONAL"
    """REGIONAL or CLOUDFRONT; with an ARN that says it itself."""
    bundle: str | Path | None = None
    """A file that `garrison waf export` wrote, in place of a control plane; it is read anew when it changes."""
    endpoint_url: str | None = None
    """The Garrison server; else `AWS_ENDPOINT_URL_GARRISON`, else `AWS_ENDPOINT_URL`."""
    region: str | None = None
    """Else `AWS_REGION`, else `AWS_DEFAULT_REGION`, else us-east-1."""
    profile: str | None = None
    """The profile of AWS's configuration files that has the credentials; else the standard chain."""
    ca_bundle: str | None = None
    """The file of certificates that the endpoint's must lead to; else `AWS_CA_BUNDLE`, else the system's."""
    state: str | Path | None = None
    """The folder that keeps the last good web ACL and compiled patterns; else /var/lib/garrison-waf where that is ours, else
    `$XDG_STATE_HOME/garrison-waf`."""
    lists: str | Path | None = None
    """The folder of the operator's lists of addresses and MaxMind DB files (docs/waf-lists.md); None for none."""
    trusted_proxies: tuple[str, ...] = ()
    """Networks (CIDR) of proxies whose `X-Forwarded-For` says where a request comes from."""
    body_bytes: int = BODY_BYTES
    """How much of a body is read before the decision. Of that the rules see as much as the web ACL's AssociationConfig says (16 KiB)."""
    no_acl: Fail = Fail.CLOSED
    """While there is no web ACL yet, nor one kept from before."""
    crash: Fail = Fail.CLOSED
    """Where the engine fails on a request."""
    oversize: Fail = Fail.OPEN
    """For bodies over `body_bytes`: open lets the rules decide by the beginning and their oversize handling; closed refuses (413)."""
    redis: str | None = None
    """The URL of a Redis or Valkey through which hosts count requests for rate-based rules together."""
    log_file: str | Path | None = None
    """Where log records go as JSON lines, besides the control plane."""

    def __post_init__(self) -> None:
        for name in ("no_acl", "crash", "oversize"):
            object.__setattr__(self, name, _fail(name, getattr(self, name)))
        if bool(self.web_acl) == (self.bundle is not None):
            raise OperatorError("An adapter follows one web ACL.", "Give its name, or the file of a bundle.")
        if self.scope not in ("REGIONAL", "CLOUDFRONT"):
            raise OperatorError(f"There is no scope {self.scope}.", "Give REGIONAL or CLOUDFRONT.")
        if not 0 <= self.body_bytes <= MOST_BODY_BYTES:
            raise OperatorError(
                f"A body limit of {self.body_bytes} is out of range.", f"Up to {MOST_BODY_BYTES} bytes."
            )

    @property
    def label(self) -> str:
        """What the web ACL is called in logs."""
        return self.web_acl or str(self.bundle)

    @property
    def folder(self) -> Path:
        """The folder for the last good web ACL and compiled patterns."""
        return Path(self.state) if self.state else default_folder()


def options_from(settings: dict[str, Any]) -> Options:
    """The options of an adapter's keyword arguments; raises `TypeError` for one that is none."""
    known = {each.name for each in fields(Options)}
    if unknown := settings.keys() - known:
        raise TypeError(f"{', '.join(sorted(unknown))}: no setting of an adapter; there are {', '.join(sorted(known))}")
    return Options(**settings)


def default_folder() -> Path:
    """/var/lib/garrison-waf where it is ours, else `$XDG_STATE_HOME/garrison-waf`, else `~/.local/state/garrison-waf`."""
    system = Path("/var/lib/garrison-waf")
    if os.geteuid() == 0 or os.access(system, os.W_OK):
        return system
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "garrison-waf"


def _fail(name: str, value: str) -> Fail:
    try:
        return Fail(value)
    except ValueError:
        raise OperatorError(f"{name} cannot be {value!r}.", "Give open or closed.") from None
