"""Call an AWS account: credentials, assumed roles, regions, paging, adaptive back-off, and a count of every request sent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from garrison.collect.allowed import guard
from garrison.collect.failures import BudgetSpent

ATTEMPTS = 5
"""For one request, the first included; in between botocore's adaptive mode slows down when a service throttles."""
CONNECT_SECONDS, READ_SECONDS = 10, 60
CONNECTIONS = 16
"""To one endpoint."""
HOME_REGION = "us-east-1"
"""Where AWS answers for services without regions, and where no region is configured."""
SESSION_NAME = "garrison-collect"
_TOKENS = (("NextToken", "NextToken"), ("NextMarker", "NextMarker"), ("PageToken", "NextPageToken"))
"""What asks for a page, and what an answer calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An account, as it is reached."""

    profile: str | None = None
    """Of the AWS configuration files; else AWS's usual chain of credentials."""
    credentials_file: str | None = None
    """Where profiles' credentials are, in place of the AWS configuration files'."""
    endpoint_url: str | None = None
    """For all services, in place of AWS's."""
    role_arn: str | None = None
    """A role to assume first."""
    external_id: str | None = None
    region: str | None = None
    """For what has no region, and where none is asked for; else the profile's."""
    attempts: int = ATTEMPTS


class Meter:
    """Counts requests, retries included, and ends the collection when its budget is spent. Threads share it."""

    def __init__(self, most: int | None = None) -> None:
        self.most = most
        self.sent = 0
        self._lock = threading.Lock()

    def count(self) -> None:
        """One more request is about to leave; raises BudgetSpent instead of letting it."""
        with self._lock:
            if self.most is not None and self.sent >= self.most:
                raise BudgetSpent(f"{self.most} requests were allowed")
            self.sent += 1


metering: ContextVar[Meter] = ContextVar("metering")
"""The meter of the piece of work that is under way."""


class Upstream:
    """One account, through clients that only read. Whatever is called is counted by the meter in `metering`."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._session = _session(target)
        self._watch(self._session)
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()
        self.home_region = target.region or self._session.get_config_variable("region") or HOME_REGION
        if target.role_arn:
            self._assume(target.role_arn, target.external_id)

    def pages(self, service: str, operation: str, params: dict[str, Any], region: str) -> Iterator[dict[str, Any]]:
        """The answer's pages; one where the operation has no pages."""
        from botocore import xform_name

        client, method = self._client(service, region), xform_name(operation)
        if client.can_paginate(method):
            yield from client.get_paginator(method).paginate(**params)
        else:
            model = client.meta.service_model.operation_model(operation)
            yield from _paged(getattr(client, method), params, model)

    def output_shape(self, service: str, operation: str) -> Any:
        """botocore's shape of an operation's answer."""
        return self._client(service, self.home_region).meta.service_model.operation_model(operation).output_shape

    def identity(self) -> tuple[str, str]:
        """The account's id and its partition (`aws`, `aws-cn`, `aws-us-gov`)."""
        (answer,) = self.pages("sts", "GetCallerIdentity", {}, self.home_region)
        return answer["Account"], answer["Arn"].split(":")[1]

    def enabled_regions(self) -> list[str]:
        """The regions that the account has enabled."""
        (answer,) = self.pages("ec2", "DescribeRegions", {}, self.home_region)
        return sorted(region["RegionName"] for region in answer["Regions"])

    def has(self, service: str, region: str) -> bool:
        """Whether AWS has the service in the region; asked only where AWS itself is called."""
        if self._target.endpoint_url:
            return True
        partition = self._session.get_partition_for_region(region)
        known = self._session.get_available_regions(service, partition)
        return not known or region in known

    def _client(self, service: str, region: str) -> Any:
        with self._lock:  # making a client is not safe between threads, using it is
            if (service, region) not in self._clients:
                from botocore.config import Config

                config = Config(
                    retries={"mode": "adaptive", "total_max_attempts": self._target.attempts},
                    connect_timeout=CONNECT_SECONDS,
                    read_timeout=READ_SECONDS,
                    max_pool_connections=CONNECTIONS,
                    inject_host_prefix=not self._target.endpoint_url,
                    s3={"addressing_style": "path"} if self._target.endpoint_url else {},
                    user_agent_extra="garrison-collect",
                )
                self._clients[service, region] = self._session.create_client(
                    service, region_name=region, endpoint_url=self._target.endpoint_url, config=config
                )
            return self._clients[service, region]

    def _watch(self, session: Any) -> None:
        from botocore.handlers import json_decode_policies

        session.register("before-call", guard, unique_id="garrison-guard")
        if self._target.endpoint_url:
            session.register("before-call.s3-control", self._at_endpoint)
        session.register("before-send", _count, unique_id="garrison-meter")
        session.unregister("after-call.iam", json_decode_policies)  # Config has policies as IAM writes them

    def _at_endpoint(self, params: dict[str, Any], **_: Any) -> None:
        """S3's account settings have the account in their host's name, which an endpoint of one's own has not."""
        asked, own = urlsplit(params["url"]), urlsplit(str(self._target.endpoint_url))
        params["url"] = asked._replace(netloc=own.netloc).geturl()

    def _assume(self, role_arn: str, external_id: str | None) -> None:
        from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

        own = self._session
        extra = {"RoleSessionName": SESSION_NAME} | ({"ExternalId": external_id} if external_id else {})

        def client(service: str, **credentials: Any) -> Any:
            endpoint = self._target.endpoint_url
            return own.create_client(service, region_name=self.home_region, endpoint_url=endpoint, **credentials)

        fetcher = AssumeRoleCredentialFetcher(client, own.get_credentials(), role_arn, extra_args=extra)
        assumed = DeferredRefreshableCredentials(refresh_using=fetcher.fetch_credentials, method="assume-role")
        self._session = _session(self._target)
        self._watch(self._session)
        self._session.register_component("credential_provider", _Credentials(assumed))


def _session(target: Target) -> Any:
    from botocore.session import Session

    session = Session(profile=target.profile or ("default" if target.credentials_file else None))
    if target.credentials_file:
        session.set_config_variable("credentials_file", target.credentials_file)
    return session


def _paged(method: Callable[..., dict[str, Any]], params: dict[str, Any], model: Any) -> Iterator[dict[str, Any]]:
    """The pages of an operation for which botocore knows none, though its answer may name a next one."""
    tokens = [
        (asked, told)
        for asked, told in _TOKENS
        if model.input_shape is not None and asked in model.input_shape.members and told in model.output_shape.members
    ]
    seen = None
    while True:
        page = method(**params)
        yield page
        found = [(asked, page[told]) for asked, told in tokens if page.get(told)]
        if not found:
            return
        if found == seen:
            raise ValueError(f"{model.name} answers the same page again and again")
        seen, params = found, {**params, **dict(found)}


class _Credentials:
    """Gives a botocore session these credentials, whatever its environment says."""

    def __init__(self, credentials: Any) -> None:
        self._credentials = credentials

    def load_credentials(self) -> Any:
        """What botocore asks for."""
        return self._credentials


def _count(**_: Any) -> None:
    """botocore sends a request (event `before-send`)."""
    metering.get().count()
