"""How a service declares its operations: name, needs, context and whether it changes anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from garrison.services.background import MakeConsumer, Task, Workplace
from garrison.services.call import Call

if TYPE_CHECKING:
    from garrison.services.held_policies import PolicySource
    from garrison.settings import Settings

Request = dict[str, Any]
Answer = dict[str, Any] | None
Handler = Callable[[Call, Any], Any]
Resources = Callable[[Call, Any], "str | Iterable[str]"] | str
Context = Callable[[Call, Any], Mapping[str, Any]]
ResourceContext = Callable[[Call, Any, str, str], Mapping[str, Any]]
"""Takes call, request, action and resource."""
Owner = Callable[[Call, Any, str], str]
HoldBytes = Callable[[Path], AbstractContextManager[Callable[[], Iterable[str]]]]
"""Takes the home; gives what lists the names of the files in it, after the store's copy was taken."""

_READING_VERBS = (
    "Get",
    "List",
    "Describe",
    "Lookup",
    "Simulate",
    "Decode",
    "Validate",
    "Check",
    "Head",
    "Search",
    "BatchGet",
)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a caller may prove with a call beyond its credential, as by an MFA code.

    It is looked at before the policies are asked, in one transaction with the call, also where the operation only reads.
    """

    is_given: Callable[[Any], bool]
    """Whether a request brings a proof."""
    check: Callable[[Call, Any], None]
    """Looks at the proof and says on the call what it proves; raises `ApiError` where it proves nothing."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a service, as declared."""

    name: str
    handler: Handler
    needs: Mapping[str, Resources]
    """Action names (`iam:CreateUser`) to the ARNs they are needed on: a text, or a function of call and request."""
    context: Context | None
    """Condition values that follow from the request or from the resource, by condition key."""
    resource_policy: Callable[[Call, Any, str], Any] | None
    """Gives the resource policy (`garrison.policy.ResourcePolicy`) of a resource ARN, or None."""
    is_read_only: bool
    allows_anonymous: bool
    hidden: tuple[str, ...]
    """Members of request or answer that the event leaves out, dotted; the model's sensitive ones are masked anyway."""
    needs_nothing: bool
    """Whether every verified caller may make the call (sts:GetCallerIdentity)."""
    records_answer: bool
    """Whether the event shows the answer: of changes always, of reading operations where they say so (sts:AssumeRole)."""
    proof: Proof | None = None
    prepare: Callable[[Call, Any], None] | None = None
    """Has from elsewhere, by network, what the call needs; in a thread, before any transaction. See `Call.evidence`."""
    by_certificate: bool = False
    """Whether the caller proves itself by the key of a certificate (`Call.certificate`) and not by an access key."""
    is_long: bool | Callable[[Settings], bool] = False
    """Whether a reading call may take so long that it must not hold up others, maybe by the settings; it is answered in a thread."""
    is_forwarded: bool = False
    """Whether `prepare` has it done elsewhere, for good: what was decided before stands."""
    resource_context: ResourceContext | None = None
    """Condition values that hold for one action on one resource of several: the tags of the very key that is asked about."""
    unsupplied: Callable[[Call, Any, str, str], frozenset[str]] | None = None
    """Condition keys that AWS would give for an action on a resource and Garrison cannot (`AuthorizationRequest.unsupplied`)."""
    is_data_event: bool = False
    """Whether its event is a data event, as of objects in S3: not in the event history, and in a trail only if selected."""
    is_stored_apart: bool = False
    """Whether what it changes lies in files of the service's own, made durable by itself: it opens no transaction."""
    owner: Owner | None = None
    """Gives the account that owns a resource whose ARN names none, as S3's; without it, such a resource is the caller's."""
    parts: Callable[[Call, Any], Iterable[Request]] | None = None
    """Splits a request into those that are decided each by itself (the keys of s3:DeleteObjects): a refusal refuses only its
    own part, and the operation finds it in `Call.refused_parts`. Needs, context and the rest get a part as the request."""
    recorded_names: Mapping[str, str] = field(default_factory=dict)
    """What its events call some of its parameters; see `Service`."""
    event_name: str = ""
    """The `eventName` of its events: some of AWS's differ from the operation's name."""


class Service:
    """A service that Garrison answers for: its botocore name and its operations."""

    def __init__(self, name: str, *, is_global: bool = False, recorded_names: Mapping[str, str] | None = None) -> None:
        self.name = name
        self.recorded_names = recorded_names or {}
        """What events call a parameter that AWS records under another name than the API's: `Bucket`, `bucketName`."""
        self.is_global = is_global
        """Whether its resources and events belong to no region (IAM: events in us-east-1)."""
        self.operations: dict[str, Operation] = {}
        self.policy_sources: dict[str, PolicySource] = {}
        """What tells of the resources that have policies, by type; see `garrison.services.held_policies`."""
        self.consumers: list[MakeConsumer] = []
        """Makers of what reads the journal; see `garrison.services.background`."""
        self.tasks: list[Task] = []
        self.files: list[str] = []
        """SQLite files in the home that it keeps besides the store, as `folder/name.db`: a backup takes them along."""
        self.lake_tables: dict[str, str] = {}
        """Tables of the lake by the files that they are fed from: a backup copies both as they are at one moment."""
        self.hold_bytes: HoldBytes | None = None
        """Keeps the files that its resources refer to as they are, for as long as a backup copies them."""

    def operation(
        self,
        name: str,
        *,
        needs: Mapping[str, Resources] | None = None,
        context: Context | None = None,
        resource_context: ResourceContext | None = None,
        resource_policy: Callable[[Call, Any, str], Any] | None = None,
        read_only: bool | None = None,
        anonymous: bool = False,
        hidden: tuple[str, ...] = (),
        records_answer: bool = False,
        proof: Proof | None = None,
        prepare: Callable[[Call, Any], None] | None = None,
        long: bool | Callable[[Settings], bool] = False,
        data_event: bool = False,
        stored_apart: bool = False,
        by_certificate: bool = False,
        owner: Owner | None = None,
        parts: Callable[[Call, Any], Iterable[Request]] | None = None,
        event_name: str = "",
    ) -> Callable[[Handler], Handler]:
        """Register a function as the operation of this botocore name.

        `needs` names every action the caller must be allowed and on what; an operation that needs nothing says `needs={}`.
        What is not declared is denied: leaving `needs` out makes the call impossible.
        """

        is_read_only = name.startswith(_READING_VERBS) if read_only is None else read_only

        def register(handler: Handler) -> Handler:
            self.operations[name] = Operation(
                name=name,
                handler=handler,
                needs=needs if needs is not None else {f"{self.name}:undeclared": "*"},
                context=context,
                resource_context=resource_context,
                resource_policy=resource_policy,
                is_read_only=is_read_only,
                allows_anonymous=anonymous,
                hidden=hidden,
                needs_nothing=needs == {},
                records_answer=records_answer or not is_read_only,
                proof=proof,
                prepare=prepare,
                is_long=long,
                is_data_event=data_event,
                is_stored_apart=stored_apart,
                by_certificate=by_certificate,
                owner=owner,
                parts=parts,
                recorded_names=self.recorded_names,
                event_name=event_name or name,
            )
            return handler

        return register

    def keeps(self, file: str, *, feeds: str = "") -> None:
        """Declare a SQLite file in the home that is the service's own, and which table of the lake it feeds, by numbers that it gives once (AUTOINCREMENT)."""
        self.files.append(file)
        if feeds:
            self.lake_tables[file] = feeds

    def resource_policies(self, resource_type: str) -> Callable[[PolicySource], PolicySource]:
        """Register what tells of the resources of a type and their policies: `garrison.services.held_policies`."""

        def register(source: PolicySource) -> PolicySource:
            self.policy_sources[resource_type] = source
            return source

        return register

    def consumer(self, make: MakeConsumer) -> MakeConsumer:
        """Register what makes a consumer of the journal, once for each background process."""
        self.consumers.append(make)
        return make

    def task(
        self, name: str, *, every: timedelta
    ) -> Callable[[Callable[[Workplace], None]], Callable[[Workplace], None]]:
        """Register a function as work that comes round in the background process."""

        def register(work: Callable[[Workplace], None]) -> Callable[[Workplace], None]:
            self.tasks.append(Task(f"{self.name}-{name}", every, work))
            return work

        return register
