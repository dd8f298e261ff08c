"""`garrison scan --report`: what a scan without an agent found, kept as a host's last report where hosts are assessed.

That is the account of this machine's home, called as its root; or one at a URL, called with the AWS credentials of the environment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from garrison.errors import OperatorError

if TYPE_CHECKING:
    from garrison.cli.scan_result import Scan

Put = Callable[..., Any]


def keep(found: Scan, name: str, at: datetime, *, home: Path | None, endpoint_url: str | None) -> None:
    """Tell the account of a scan, as PutHostReport does for a host that has no agent."""
    from garrison.scan import sending
    from garrison.scan.report import Report

    made = Report(
        taken_at=at.isoformat(timespec="seconds"),
        inventory=found.inventory,
        checks=found.checks,
        unread=tuple(found.unread),
    )
    with _here(home) if endpoint_url is None else _elsewhere(endpoint_url) as put:
        put(Host=name, Report=sending.compressed(sending.encoded(made)))


@contextmanager
def _here(home: Path | None) -> Iterator[Put]:
    from garrison.cli.rooted import root_of  # the whole server: most scans are kept nowhere

    with root_of(home) as (_, root):
        yield lambda **asked: root.call("garrison", "PutHostReport", **asked)


@contextmanager
def _elsewhere(endpoint_url: str) -> Iterator[Put]:
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.session import Session

    from garrison.models import MODELS

    session = Session()
    session.get_component("data_loader").search_paths.append(str(MODELS))
    try:
        client: Any = session.create_client("garrison", endpoint_url=endpoint_url)
        yield client.put_host_report
    except (BotoCoreError, ClientError, ValueError) as error:
        raise OperatorError(
            f"The report was not taken: {error}",
            "It takes a region and credentials of an account there that may garrison:PutHostReport.",
        ) from None
