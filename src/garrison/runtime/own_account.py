"""Collect Garrison's own account: its operations answer the collectors in this process, without a server and without credentials.

Being able to read the home is the proof. Nothing is recorded: it is no call of anybody's, as when `garrison doctor` looks.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from garrison import services
from garrison.collect import Result, Target
from garrison.collect.catalog import services as collectable
from garrison.collect.declaration import Call as ReadingCall
from garrison.collect.work import Work, collected_from
from garrison.errors import ApiError
from garrison.identifiers import event_id
from garrison.runtime.parts import Opened, open_parts
from garrison.services.call import Call
from garrison.services.iam.credential_report import COLUMNS, report_rows
from garrison.services.identity import Principal
from garrison.services.inside_reading import InsideUpstream, is_kept

if TYPE_CHECKING:
    from garrison.settings import Settings

PARTITION = "aws"
GLOBAL_REGION = "us-east-1"
"""Of calls to services without regions."""


def own_types() -> tuple[str, ...]:
    """The types of which Garrison keeps resources itself."""
    return tuple(
        dict.fromkeys(kind.name for service in collectable() for kind in service.types if is_kept(service.name, kind))
    )


def own_parts() -> dict[str, frozenset[str]]:
    """The parts that there are of each of them."""
    found: dict[str, frozenset[str]] = {}
    for service in collectable():
        for kind in service.types:
            if is_kept(service.name, kind):
                parts = {part.name for part in kind.parts if _is_answered(part.call.service or service.name, part.call)}
                found[kind.name] = found.get(kind.name, frozenset()) | parts
    return found


def _is_answered(service: str, call: ReadingCall) -> bool:
    return service in services.REGISTERED and call.operation in services.load(service).operations


def collect_own(settings: Settings, wanted: Mapping[str, frozenset[str]]) -> Iterator[Result]:
    """The resources of these types (with these parts of each) of the account of a home; those that it does not keep are left away."""
    opened = open_parts(settings)
    try:
        upstream = OwnAccount(opened)
        for service in collectable():
            types = tuple(kind.name for kind in service.types if kind.name in wanted and is_kept(service.name, kind))
            if types:
                yield collected_from(lambda: upstream, _work(opened, service.name, types, wanted))
    finally:
        opened.close()


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


class OwnAccount(InsideUpstream):
    """What collectors call in place of AWS."""

    def __init__(self, opened: Opened) -> None:
        super().__init__(self._ask)
        self.opened = opened

    def _ask(self, service: str, operation: str, params: dict[str, Any], region: str) -> dict[str, Any]:
        if (service, operation) == ("iam", "GenerateCredentialReport"):
            return {}
        declared = services.load(service).operations.get(operation)
        if declared is None:
            raise ApiError("NotImplemented", "Garrison has no such operation.")
        with self._call(service, operation, region) as call:
            return self._report(call) if operation == "GetCredentialReport" else declared.handler(call, params) or {}

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
