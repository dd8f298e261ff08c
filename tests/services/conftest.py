"""An account in memory of the test's folder, called through botocore clients without a server between."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import botocore.session
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config

from garrison import services
from garrison.errors import ApiError
from garrison.identifiers import request_id
from garrison.models import MODELS
from garrison.policy.actions import action, resource_type
from garrison.services.call import Call, Parts
from garrison.services.iam.resources import Account, Role, User
from garrison.services.identity import Principal, Session, SessionIssuer
from garrison.services.registry import Operation, Proof
from garrison.store import RootKey, Store, open_store
from garrison.wire import HttpRequest, HttpResponse, route
from tests.services.refusals import refused

ACCOUNT = "123456789012"
STARTED_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class SettableClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = STARTED_AT

    def now(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)


class Uses(dict[str, Any]):
    """Stands where the index of recent events stands: tests say when a key was last used."""

    last_used = dict.get

    def used_services(self, principal_id: str) -> list[Any]:
        return self.get(f"services of {principal_id}", [])  # type: ignore[no-any-return]


class Asked:
    """What the last call needed: its actions with their resources, and the condition values it brought."""

    needs: dict[str, list[str]]
    context: dict[str, Any]


class Api:
    """botocore clients (`api.iam`, `api.sts`) whose calls run the operations in this process, as root at first."""

    def __init__(self, store: Store, root_key: RootKey, clock: SettableClock) -> None:
        self.store, self.clock, self.uses, self.asked = store, clock, Uses(), Asked()
        settings = SimpleNamespace(
            account_id=ACCOUNT,
            region="us-east-1",
            archive_endpoint="",
            home_path=Path("nowhere"),
            lake_catalog="",
            lake_warehouse="",
            lake_endpoint="",
            retention_days=90,
        )
        self.parts = Parts(settings=settings, store=store, root_key=root_key, recent=self.uses)  # type: ignore[arg-type]
        self.principal = root()
        self.region = "us-east-1"
        """The region whose endpoint the calls go to."""
        self._clients: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        return self.client(name)

    def client(self, name: str) -> Any:
        """A botocore client of a service."""
        if name not in self._clients:
            made = _session().create_client(
                name,
                region_name="us-east-1",
                aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
                aws_secret_access_key="secret",
                config=Config(retries={"max_attempts": 0, "mode": "standard"}, parameter_validation=False),
            )
            made.meta.events.register("before-send", self._answer)
            self._clients[name] = made
        return self._clients[name]

    def act_as(self, principal: Principal) -> None:
        """Make the calls that follow as this principal."""
        self.principal = principal

    def act_as_user(self, name: str) -> None:
        """Make the calls that follow as this user."""
        with self.store.reading(ACCOUNT, "global") as unit:
            user = unit.get(User, name.lower())
        assert user is not None
        self.principal = Principal(
            kind="IAMUser",
            account=ACCOUNT,
            arn=user.arn,
            principal_id=user.unique_id,
            user_name=user.name,
            tags=user.tags,
        )

    def act_as_role(self, name: str, session_name: str = "session") -> None:
        """Make the calls that follow as a session of this role."""
        with self.store.reading(ACCOUNT, "global") as unit:
            role = unit.get(Role, name.lower())
        assert role is not None
        self.principal = role_session(role, session_name)

    def generation(self) -> int:
        """The account's policy generation."""
        return self.store.policy_generation(ACCOUNT)

    def _answer(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        response = self._carry_out(_received(request))
        return AWSResponse(request.url, response.status, dict(response.headers), _Raw(response.body))

    def _carry_out(self, request: HttpRequest) -> HttpResponse:
        wire, name = route(request, _signing_name(request), services.REGISTERED)
        operation = wire.operation(name)
        made_at = request_id()
        try:
            answer = self._run(wire.name, name, operation.parse(request))
            return operation.serialize(answer or {}, made_at)
        except ApiError as error:
            return operation.serialize_error(error, made_at)

    def _run(self, service_name: str, name: str, parameters: dict[str, Any]) -> dict[str, Any] | None:
        service = services.load(service_name)
        declared = service.operations[name]
        proof = declared.proof if declared.proof is not None and declared.proof.is_given(parameters) else None
        region = "global" if service.is_global else self.region
        at = self.clock.now()
        if declared.is_read_only and proof is None:
            unit = self.store.reading(ACCOUNT, region)
        else:
            unit = self.store.writing(ACCOUNT, region, event_id=request_id(), at=at)
        with unit as entered:
            call = Call(
                service=service_name,
                operation=name,
                request_id=request_id(),
                event_id=request_id(),
                at=at,
                principal=self.principal,
                account=ACCOUNT,
                region=region,
                source_address="192.0.2.1",
                user_agent="botocore",
                unit=entered,
                parts=self.parts,
            )
            call.is_local = self.principal.access_key_id is None and self.principal.kind == "Root"
            refusal: ApiError | None = None
            answer = None
            try:
                answer = self._carry(call, declared, proof, parameters)
            except ApiError as error:
                if not call.keeps_refusal:
                    raise
                refusal = error
        if refusal is not None:
            raise refusal
        for finish in call.after_commit:
            finish()
        return answer

    def _carry(
        self, call: Call, declared: Operation, proof: Proof | None, parameters: dict[str, Any]
    ) -> dict[str, Any] | None:
        if declared.prepare is not None:
            declared.prepare(call, parameters)
        if proof is not None:
            proof.check(call, parameters)
        self.asked.needs = {
            action: _listed(resources(call, parameters) if callable(resources) else resources)
            for action, resources in declared.needs.items()
        }
        self.asked.context = dict(declared.context(call, parameters)) if declared.context else {}
        _check_declaration(self.asked)
        answer: dict[str, Any] | None = declared.handler(call, parameters)
        return answer


@lru_cache(maxsize=1)
def _session() -> botocore.session.Session:
    """One session for all tests: reading service models is what takes time."""
    made = botocore.session.Session()
    made.get_component("data_loader").search_paths.append(str(MODELS))
    return made


def root() -> Principal:
    """The account's root."""
    return Principal(kind="Root", account=ACCOUNT, arn=f"arn:aws:iam::{ACCOUNT}:root", principal_id=ACCOUNT)


def role_session(role: Role, session_name: str) -> Principal:
    """A session of a role."""
    issuer = SessionIssuer(
        type="Role", principal_id=role.unique_id, arn=role.arn, account=role.account, user_name=role.name
    )
    session = Session(
        kind="assumed-role",
        issuer=issuer,
        name=session_name,
        created_at=STARTED_AT,
        expires_at=STARTED_AT + timedelta(hours=1),
    )
    return Principal(
        kind="AssumedRole",
        account=role.account,
        arn=f"arn:aws:sts::{role.account}:assumed-role/{role.name}/{session_name}",
        principal_id=f"{role.unique_id}:{session_name}",
        session=session,
    )


class _Raw(io.BytesIO):
    """A response's body as botocore's AWSResponse reads it."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


def _received(request: AWSPreparedRequest) -> HttpRequest:
    """A client's prepared request as the gateway would receive it."""
    parts = urlsplit(request.url)
    headers = [
        (name.lower(), value.decode("latin-1") if isinstance(value, bytes) else str(value))
        for name, value in request.headers.items()
    ]
    body = request.body or b""
    return HttpRequest(
        method=request.method,
        path=parts.path or "/",
        query=parts.query,
        headers=[("host", parts.netloc), *headers],
        body=body.encode() if isinstance(body, str) else bytes(body),
        source_address="192.0.2.1",
    )


def _signing_name(request: HttpRequest) -> str | None:
    """The service of the credential scope of a signed request."""
    _, _, scope = (request.header("authorization") or "").partition("Credential=")
    parts = scope.split(",")[0].split("/")
    return parts[3] if len(parts) == 5 else None


def _check_declaration(asked: Asked) -> None:
    """Actions and condition keys must be ones that AWS's Service Authorization Reference has."""
    known: set[str] = set()
    for name in asked.needs:
        if name.startswith("garrison:"):
            continue
        facts = action(name)
        assert facts is not None, f"AWS has no action {name}"
        assert facts.name == name
        known.update(facts.condition_keys)
        for used in facts.resources:
            described = resource_type(name.partition(":")[0], used.name)
            known.update(used.condition_keys, described.condition_keys if described else ())
    families = {key.split("/")[0] for key in known}
    unknown = {key for key in asked.context if key.split("/")[0] not in families}
    assert not unknown, f"{unknown} are no condition keys of {list(asked.needs)}"


def _listed(resources: Any) -> list[str]:
    return [resources] if isinstance(resources, str) else list(resources)


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """A fresh account, called as its root until the test acts as another."""
    key_file = tmp_path / "root.key"
    RootKey.create_file(key_file)
    root_key, clock = RootKey.from_file(key_file), SettableClock()
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}", root_key, clock, services.resource_types())
    with store.writing(ACCOUNT, "global", event_id=None, at=clock.now()) as unit:
        unit.add(Account(account=ACCOUNT, created_at=clock.now()))
    yield Api(store, root_key, clock)
    store.close()


@pytest.fixture(name="refused")
def refused_fixture() -> Callable[..., tuple[str, str]]:
    """Makes a call that must be refused and gives the error's code and message."""
    return refused
