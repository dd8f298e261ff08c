"""One API call as an operation sees it: who, when, where, and the unit of work it runs in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.federation import Fetcher, IssuerKeys, SignInEndpoints
from garrison.outgoing import Mail, MailSettings, Outgoing

if TYPE_CHECKING:
    from collections.abc import Callable

    from garrison.errors import ApiError
    from garrison.services.identity import Principal
    from garrison.services.inside import InsideCalls
    from garrison.settings import Settings
    from garrison.store import RootKey, Store, Unit
    from garrison.wire.certificates import Presented
    from garrison.wire.signature import Claim


@dataclass(slots=True)
class Call:
    """What an operation may know about its call, and the means it works with."""

    service: str
    """The botocore name of the called service, e.g. `iam`."""
    operation: str
    request_id: str
    event_id: str
    at: datetime
    """When the call arrived: the one time of everything it makes."""
    principal: Principal
    account: str
    region: str
    source_address: str
    user_agent: str
    unit: Unit
    """The unit of work: a reading one for reading operations, else one transaction."""
    parts: Parts
    is_secure: bool = False
    """Whether the call came over TLS (`aws:SecureTransport`)."""
    tls_version: str | None = None
    """`TLSv1.3` and the like, or None without TLS."""
    claim: Claim | None = None
    """What the call's signature says, which has been verified; None where it has none."""
    source_arn: str | None = None
    """The resource for which a service makes the call (`aws:SourceArn`)."""
    is_local: bool = False
    """Whether the operator makes the call on the machine itself, through `garrison` and not through the endpoint."""
    certificate: Presented | None = None
    """The certificate whose key has signed the call, for operations that take one. Nobody has vouched for it yet."""
    resources: list[dict[str, Any]] = field(default_factory=list)
    """CloudTrail's `resources`: dicts with `ARN`, `accountId`, `type`."""
    additional_event_data: dict[str, Any] = field(default_factory=dict)
    """CloudTrail's `additionalEventData`."""
    mfa_at: datetime | None = None
    """When the caller proved an MFA device by this very call."""
    keeps_refusal: bool = False
    """Whether what was changed is kept even where the call is refused: a wrong code counts against the next one."""
    tells_nothing_new: bool = False
    """Whether a reading call told its caller only that what it has is still so: such a poll, each second, is not recorded."""
    refused_parts: dict[int, ApiError] = field(default_factory=dict)
    """By number, the parts of the request that the policies refuse, for an operation that is decided in parts."""
    found: dict[tuple[Unit, str], Any] = field(default_factory=dict)
    """What was looked up to decide the call, by unit of work and ARN: an operation that only reads need not look again."""
    evidence: Any = None
    """What the operation's `prepare` has found out."""
    record_with: Callable[[ApiError], bytes] | None = None
    """Gives the call's record as it is should it end with an error: for a `prepare` whose outcome may never be known."""
    after_commit: list[Callable[[], None]] = field(default_factory=list)
    """What to do once the unit of work is committed; nothing here may fail the call."""
    after_refusal: list[Callable[[], None]] = field(default_factory=list)
    """How to let go of what `prepare` holds, where the call is refused in the end."""

    def forget(self) -> None:
        """Drop what an attempt left behind, before the next one."""
        self.resources.clear()
        self.additional_event_data.clear()
        self.after_commit.clear()
        self.mfa_at = None
        self.keeps_refusal = self.tells_nothing_new = False


@dataclass(slots=True)
class Parts:
    """The parts of a running server that operations may use; made once by the gateway."""

    settings: Settings
    store: Store
    root_key: RootKey
    recent: Any
    """The derived index of recent events (`garrison.journal.recent`)."""
    fetcher: Fetcher = field(default_factory=lambda: Fetcher(()))
    """The way out to identity providers; closed unless the settings open it."""
    outgoing: Outgoing = field(default_factory=Outgoing)
    """The way out for what is sent by HTTP; closed unless the settings open it."""
    mail: Mail = field(default_factory=lambda: Mail(MailSettings("", 0, "", "none")))
    """The way out for mail; none unless the settings name a server."""
    issuer_keys: IssuerKeys = field(init=False)
    sign_in_endpoints: SignInEndpoints = field(init=False)
    """The keys that identity providers have published."""
    calls: InsideCalls = field(init=False)
    """Makes calls from inside (`garrison.services.inside`); set by the pipeline of the process."""

    def __post_init__(self) -> None:
        self.issuer_keys = IssuerKeys(self.fetcher.get)
        self.sign_in_endpoints = SignInEndpoints(self.fetcher.get)
