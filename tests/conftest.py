"""Fixtures that every test may use, and the rule that where `GARRISON_NO_SKIPS=1` a skipped test fails the run."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from garrison.waf.patterns import PatternCache

settings.register_profile(
    "patient",
    deadline=None,  # a machine under load is slow, and no test is about time
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "100")),
)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def suites() -> Path:
    """The folder of test suites that nobody here wrote (`GARRISON_SUITES`, else `../shared/suites`)."""
    folder = Path(os.environ.get("GARRISON_SUITES") or Path(__file__).parents[2] / "shared" / "suites")
    if not folder.is_dir():
        pytest.skip(f"conformance suites absent: {folder.name}")
    return folder


@pytest.fixture(scope="session")
def debian(request: pytest.FixtureRequest) -> Path:
    """The root file system of a minimal Debian 12, of which nothing may be changed."""
    from .debian import minimal_debian

    return minimal_debian(Path(request.config.cache.mkdir("debian")))


@pytest.fixture(scope="session")
def patterns(request: pytest.FixtureRequest) -> PatternCache:
    """Compiled patterns of managed rule groups, half a minute of work: compiled by the first who needs them, for all processes of a run."""
    from garrison.adapters.compiled import FolderCache

    return FolderCache(Path(request.config.cache.mkdir("patterns")))


@pytest.fixture(scope="session", autouse=True)
def homes_are_accounted_for() -> Iterator[None]:
    """Whatever the tests of a service leave in a home is in its backup, or left out for a reason."""
    from garrison.runtime.contents import unaccounted
    from garrison.testing import Account

    def close(account: Account) -> None:
        forgotten = unaccounted(account.home)
        end(account)
        assert not forgotten, f"declare in the service (`keeps`) or in garrison.runtime.contents: {forgotten}"

    end = Account.close
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Account, "close", close)
        yield


LONGEST = (
    "installation/test_readme.py",
    "cli/test_lifecycle.py",
    "installation/test_bundle.py",
    "testing/test_plugin.py",
    "cli/test_keys.py",
    "services/signin/test_sign_in.py",
    "cli/test_state.py",
    "cli/test_tls.py",
    "cli/test_logging_requirements.py",
    "installation/test_make.py",
    "waf/managed/test_benign.py",
    "services/cloudtrail/test_lake_queries.py",
    "services/wafv2/test_lake.py",
    "collect/test_platform_types.py",
    "cli/test_backup.py",
    "conformance/waf/test_crs.py",
)
"""Files that take half a minute and more. They come first: else a run ends with one process that waits for the other."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the files that take longest come first, and leave the others in their order."""
    places = {f"tests/{name}": place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(places)))


def pytest_collection_finish() -> None:
    """Leave what collecting made, and what stays to the end, out of the collection of garbage: it took most of a run's time."""
    gc.collect()
    gc.freeze()


class NoSkips:
    """Fails a run in which a test was skipped: `.ci/run` has everything that a test may need."""

    def __init__(self) -> None:
        self.skipped: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember a skipped test; an expected failure is none."""
        if report.skipped and not hasattr(report, "wasxfail"):
            self.skipped.append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember a file that was skipped whole."""
        if report.skipped:
            self.skipped.append(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Make the run fail."""
        if self.skipped and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say why the run failed."""
        for name in self.skipped:
            terminalreporter.write_line(f"skipped, where GARRISON_NO_SKIPS=1 allows none: {name}", red=True)


def pytest_configure(config: pytest.Config) -> None:
    """Allow no skips where the environment says so; with pytest-xdist the controller alone counts. Collect garbage seldom."""
    gc.set_threshold(50_000, 20, 50)
    if os.environ.get("GARRISON_NO_SKIPS") == "1" and not hasattr(config, "workerinput"):
        config.pluginmanager.register(NoSkips(), "garrison-no-skips")


@pytest.fixture(autouse=True)
def _no_loop_of_a_browser(request: pytest.FixtureRequest) -> Iterator[None]:
    """The browser of `tests/console` is driven by an event loop that runs as long as it is there: other tests do not see it."""
    running = asyncio._get_running_loop()
    if running is None or request.path.parent == Path(__file__).parent / "console":
        yield
        return
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(running)
