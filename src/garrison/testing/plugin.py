"""The pytest plugin: options and fixtures; importing it loads nothing else of Garrison."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from garrison.testing.account import Account
    from garrison.testing.servers import Servers

_SERVERS: pytest.StashKey[Servers] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("garrison", "Garrison accounts")
    group.addoption("--garrison-keep", action="store_true", help="Leave the homes of accounts where they are.")
    parser.addini("garrison_region", "The region of the accounts.", default="us-east-1")
    parser.addini("garrison_workers", "Gateway worker processes of each account.", default="1")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line(
        "markers", "garrison(**settings): settings of the account that the fixture `garrison` gives."
    )


def pytest_unconfigure(config: pytest.Config) -> None:
    """End all servers."""
    servers = config.stash.get(_SERVERS, None)
    if servers is not None:
        servers.close()
        del config.stash[_SERVERS]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say where the homes are that were to be kept."""
    servers = config.stash.get(_SERVERS, None)
    if servers is not None and config.getoption("--garrison-keep"):
        terminalreporter.write_line(f"Garrison's homes are in {servers.folder}")


@contextmanager
def _account(config: pytest.Config, **settings: Any) -> Iterator[Account]:
    from garrison.testing.account import Account
    from garrison.testing.servers import Servers

    servers = config.stash.get(_SERVERS, None)
    if servers is None:
        servers = config.stash[_SERVERS] = Servers(keep=bool(config.getoption("--garrison-keep")))
    chosen = {"region": config.getini("garrison_region"), "workers": int(config.getini("garrison_workers"))}
    account = Account(servers, **chosen | settings)
    try:
        yield account
    finally:
        account.close()


@pytest.fixture
def garrison(request: pytest.FixtureRequest) -> Iterator[Account]:
    """A fresh account with a server of its own, for one test; `@pytest.mark.garrison(…)` gives it settings."""
    marker = request.node.get_closest_marker("garrison")
    with _account(request.config, **(marker.kwargs if marker else {})) as account:
        yield account


@pytest.fixture(scope="module")
def garrison_module(pytestconfig: pytest.Config) -> Iterator[Account]:
    """A fresh account that the tests of a module share."""
    with _account(pytestconfig) as account:
        yield account


@pytest.fixture(scope="session")
def garrison_session(pytestconfig: pytest.Config) -> Iterator[Account]:
    """A fresh account that all tests of a run share."""
    with _account(pytestconfig) as account:
        yield account
