"""Collect Garrison's own account: its operations answer the collectors in this process, without a server and without credentials.

Being able to read the home is the proof. Nothing is recorded: it is no call of anybody's, as when `garrison doctor` looks.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from garrison import services
from garrison.collect import Result, Target
from garrison.collect.catalog import services as collectable
from garrison.collect.work import Work, collected_from
from garrison.errors import ApiError
from garrison.identifiers import event_id
from garrison.runtime.parts import Opened, open_parts
from garrison.services.call import Call
from garrison.services.iam.credential_report import COLUMNS, report_rows
from garrison.services.identity import Principal
from garrison.wire import load_service

if TYPE_CHECKING:
    from garrison.settings import Settings

PARTITION = "aws"
GLOBAL_REGION = "us-east-1"
"""Of calls to services without regions."""


def own_types() -> tuple[str, ...]:
    """The types of which Garrison keeps resources itself."""
    return tuple(
        dict.fromkeys(kind.name for service in collectable() for kind in service.types if _is_kept(service.name, kind))
    )


def collect_own(settings: Settings, wanted: Mapping[str, frozenset[str]]) -> Iterator[Result]:
    """The resources of these types (with these parts of each) of the account of a home; those that it does not keep are left away."""
    opened = open_parts(settings, makes_indexes=False)
    try:
        upstream = OwnAccount(opened)
        for service in collectable():
            types = tuple(kind.name for kind in service.types if kind.name in wanted and _is_kept(service.name, kind))
            if types:
                yield collected_from(lambda: upstream, _work(opened, service.name, types, wanted))
    finally:
        opened.close()


def _is_kept(service: str, kind: Any) -> bool:
    return service in services.REGISTERED and kind.call.operation in services.load(service).operations


def _work(opened: Opened, service: str, types: tuple[str, ...], wanted: Mapping[str, frozenset[str]]) -> Work:
    region = opened.settings.region
    return Work(
        run="own",
        target=Target(),
        account=opened.settings.account_id,
        partition=PARTITION,
        service=service,
        region=region,
        regions=(region,),
        types=types,
        at=opened.clock.now(),
        parts=tuple(wanted.items()),
    )


@dataclass
class OwnAccount:
    """What collectors call in place of AWS; see `garrison.collect.upstream.Upstream`."""

    opened: Opened
    _models: dict[str, Any] = field(default_factory=dict)
    _pages: dict[str, Any] = field(default_factory=dict)

    def pages(self, service: str, operation: str, params: dict[str, Any], region: str) -> Iterator[dict[str, Any]]:
        """The answer's pages."""
        from botocore import paginate

        def method(**asked: Any) -> dict[str, Any]:
            return self._answer(service, operation, asked, region)

        config = self._pagination(service).get(operation)
        if config is None:
            yield method(**params)
        else:
            paginator: Any = paginate.Paginator
            yield from paginator(method, config, self._model(service).operation_model(operation)).paginate(**params)

    def output_shape(self, service: str, operation: str) -> Any:
        """botocore's shape of an operation's answer."""
        return self._model(service).operation_model(operation).output_shape

    def _answer(self, service: str, operation: str, params: dict[str, Any], region: str) -> dict[str, Any]:
        """An operation's answer as botocore would have read it from the wire; raises its `ClientError`."""
        if (service, operation) == ("iam", "GenerateCredentialReport"):
            return {}
        from botocore.exceptions import ClientError
        from botocore.parsers import create_parser

        declared = services.load(service).operations.get(operation)
        model = self._model(service)
        wire = load_service(service).speaking(model.resolved_protocol).operation(operation)
        try:
            if declared is None:
                raise ApiError("NotImplemented", "Garrison has no such operation.")
            with self._call(service, operation, region) as call:
                made = self._report(call) if operation == "GetCredentialReport" else declared.handler(call, params)
            response = wire.serialize(made or {}, "own")
        except ApiError as error:
            raise ClientError({"Error": {"Code": error.code, "Message": error.message}}, operation) from None
        told = {
            "status_code": response.status,
            "headers": {name.lower(): value for name, value in response.headers},
            "body": response.body,
            "context": {"operation_name": operation},
        }
        answer: dict[str, Any] = create_parser(model.resolved_protocol).parse(
            told, self.output_shape(service, operation)
        )
        return answer

    @contextmanager
    def _call(self, service: str, operation: str, region: str) -> Iterator[Call]:
        """A call of root's in a reading unit of work."""
        account, at = self.opened.settings.account_id, self.opened.clock.now()
        region = GLOBAL_REGION if services.load(service).is_global else region
        with self.opened.parts.store.reading(account, region) as unit:
            yield Call(
                service=service,
                operation=operation,
                request_id="own",
                event_id=event_id(),
                at=at,
                principal=Principal(
                    kind="Root", account=account, arn=f"arn:aws:iam::{account}:root", principal_id=account
                ),
                account=account,
                region=region,
                source_address="127.0.0.1",
                user_agent="garrison",
                unit=unit,
                parts=self.opened.parts,
                is_secure=True,
                is_local=True,
            )

    def _report(self, call: Call) -> dict[str, Any]:
        """The credential report as it is now; to have one kept would be a change."""
        out = io.StringIO()
        lines = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        lines.writeheader()
        lines.writerows(report_rows(call.unit, self.opened.parts.recent))
        return {"Content": out.getvalue().encode(), "ReportFormat": "text/csv", "GeneratedTime": call.at}

    @cached_property
    def _session(self) -> Any:
        from botocore.session import Session

        return Session()

    def _model(self, service: str) -> Any:
        if service not in self._models:
            self._models[service] = self._session.get_service_model(service)
        return self._models[service]

    def _pagination(self, service: str) -> Any:
        if service not in self._pages:
            self._pages[service] = _Pagination(self._session.get_paginator_model(service))
        return self._pages[service]


class _Pagination:
    """How operations page, where they do."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def get(self, operation: str) -> Any:
        """An operation's tokens and lists; None for one without pages."""
        try:
            return self._model.get_paginator(operation)
        except ValueError:
            return None
