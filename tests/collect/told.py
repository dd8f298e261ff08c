"""An account that answers as it is told to, for services that moto has not: botocore's shapes, answers by operation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import botocore.session
from botocore.exceptions import ClientError

from garrison.collect import Target
from garrison.collect.results import Result
from garrison.collect.work import Work, collected_from

ACCOUNT, REGION = "123456789012", "us-east-1"


class Told:
    """Answers by operation, or by service and operation (`rds:DescribeAccountAttributes`); an exception is raised."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self._answers = answers
        self._session = botocore.session.Session()

    def pages(self, service: str, operation: str, params: dict[str, Any], region: str) -> Iterator[dict[str, Any]]:
        """The answer, as botocore reads it."""
        answer = self._answers[operation] if operation in self._answers else self._answers[f"{service}:{operation}"]
        if isinstance(answer, Exception):
            raise answer
        yield dict(answer)

    def output_shape(self, service: str, operation: str) -> Any:
        """botocore's."""
        return self._session.get_service_model(service).operation_model(operation).output_shape

    def collected(self, service: str, *types: str) -> Result:
        """What is collected of a service."""
        work = Work(
            run="told",
            target=Target(),
            account=ACCOUNT,
            partition="aws",
            service=service,
            region=REGION,
            regions=(REGION,),
            types=types,
            at=datetime(2026, 3, 1, tzinfo=UTC),
        )
        return collected_from(lambda: self, work)


def refusal(code: str, message: str = "") -> ClientError:
    """What botocore raises of an error code."""
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")
