"""Collect Garrison's own accounts: calls from inside answer the collectors as AWS would, page by page, as botocore reads answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from garrison import services
from garrison.errors import ApiError
from garrison.wire import load_service

if TYPE_CHECKING:
    from garrison.collect.declaration import Type

Ask = Callable[[str, str, dict[str, Any], str], dict[str, Any]]
"""Answers service, operation, parameters, region; raises `ApiError`."""


def is_kept(service: str, kind: Type) -> bool:
    """Whether Garrison keeps resources of a type itself."""
    return service in services.REGISTERED and kind.call.operation in services.load(service).operations


def load_reader() -> None:
    """Load what reads answers, for who has time now and none later."""
    import botocore.parsers
    import botocore.session  # noqa: F401


class InsideUpstream:
    """What collectors call in place of AWS; see `garrison.collect.upstream.Upstream`."""

    def __init__(self, ask: Ask) -> None:
        self._ask_inside = ask
        self._models: dict[str, Any] = {}
        self._pages: dict[str, Any] = {}

    def pages(self, service: str, operation: str, params: dict[str, Any], region: str) -> Iterator[dict[str, Any]]:
        """The answer's pages; raises botocore's `ClientError`."""
        from botocore import paginate

        def method(**asked: Any) -> dict[str, Any]:
            return self._answer(service, operation, asked, region)

        config = self._pagination(service, operation)
        if config is None:
            yield method(**params)
        else:
            paginator: Any = paginate.Paginator
            yield from paginator(method, config, self._model(service).operation_model(operation)).paginate(**params)

    def output_shape(self, service: str, operation: str) -> Any:
        """botocore's shape of an operation's answer."""
        return self._model(service).operation_model(operation).output_shape

    def _answer(self, service: str, operation: str, params: dict[str, Any], region: str) -> dict[str, Any]:
        """An operation's answer as botocore would have read it from the wire."""
        from botocore.exceptions import ClientError
        from botocore.parsers import create_parser

        model = self._model(service)
        wire = load_service(service).speaking(model.resolved_protocol).operation(operation)
        try:
            response = wire.serialize(self._ask_inside(service, operation, params, region), "inside")
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

    @cached_property
    def _session(self) -> Any:
        from botocore.session import Session

        return Session()

    def _model(self, service: str) -> Any:
        if service not in self._models:
            self._models[service] = self._session.get_service_model(service)
        return self._models[service]

    def _pagination(self, service: str, operation: str) -> Any:
        """An operation's tokens and lists; None for one without pages."""
        if service not in self._pages:
            self._pages[service] = self._session.get_paginator_model(service)
        try:
            return self._pages[service].get_paginator(operation)
        except ValueError:
            return None
