"""Reports as hosts make them."""

from __future__ import annotations

from typing import Any

import pytest

from garrison.scan import sending
from garrison.scan.inventory import Inventory, Package, Platform
from garrison.scan.report import Report
from garrison.testing import Account


def report(*packages: str, host: str = "web", instance: str = "", taken_at: str = "2026-11-26T00:00:00Z") -> Report:
    """A report of a Debian host with these packages, `name@version`."""
    installed = []
    for text in packages:
        name, _, version = text.partition("@")
        installed.append(Package(purl=f"pkg:deb/debian/{text}", ecosystem="deb", name=name, version=version))
    platform = Platform(id="debian", version="12", name="Debian GNU/Linux 12 (bookworm)")
    inventory = Inventory(host=host, platform=platform, packages=tuple(installed), instance=instance)
    return Report(taken_at=taken_at, inventory=inventory)


def sent(made: Report) -> dict[str, Any]:
    """The members that send a whole report."""
    return {"Report": sending.compressed(sending.encoded(made))}


@pytest.fixture(scope="module")
def garrison(garrison_module: Account) -> Any:
    return garrison_module.client("garrison")
