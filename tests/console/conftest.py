"""One account, one server and one browser for all tests of the console; each test has a profile of its own in the browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from garrison.testing import Account
from garrison.testing.plugin import _account

from .person import PASSWORD, Person, Profile
from .providers import Providers, both

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of the built console, built anew where its source has changed."""
    subprocess.run([sys.executable, ROOT / "scripts" / "build_console.py"], check=True, cwd=ROOT)
    return ROOT / "src" / "garrison" / "gateway" / "console" / "built"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The system's browser, without a window."""
    path = os.environ.get("CONSOLE_CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.skip("chromium absent: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Providers]:
    """The identity providers that the sign-in page offers."""
    with both(tmp_path_factory.mktemp("providers")) as made:
        yield made


@pytest.fixture(scope="session")
def account(pytestconfig: pytest.Config, built: Path, providers: Providers) -> Iterator[Account]:
    """The account that the pages show."""
    with _account(pytestconfig, **providers.settings) as made:
        yield made


@pytest.fixture
def open_console(chromium: Any, account: Account) -> Iterator[Callable[..., Person]]:
    """`open_console(width=768, language="zh-CN", dark=True)` is somebody before the sign-in page."""
    people: list[Person] = []

    def open_one(**profile: Any) -> Person:
        person = Person(chromium, profile.pop("account", account), Profile(**profile))
        people.append(person)
        return person

    yield open_one
    for person in people:
        person.leave()


@pytest.fixture(scope="session")
def administrator(chromium: Any, account: Account) -> dict[str, Any]:
    """The browser's memory after `root-of-all-tests` signed in: a user with AdministratorAccess."""
    name = "root-of-all-tests"
    account.user(name, ["AdministratorAccess"])
    account.client("iam").create_login_profile(UserName=name, Password=PASSWORD)
    person = Person(chromium, account, Profile())
    person.sign_in(name)
    memory: dict[str, Any] = person.context.storage_state()
    person.leave()
    return memory


@pytest.fixture
def console(open_console: Callable[..., Person], administrator: dict[str, Any]) -> Callable[..., Person]:
    """`console("/sns", dark=True)` is a signed-in administrator with that page open."""

    def open_page(address: str = "/overview", **profile: Any) -> Person:
        person = open_console(memory=administrator, **profile)
        person.open(address)
        return person

    return open_page


@pytest.fixture
def sign_in(open_console: Callable[..., Person], account: Account) -> Callable[..., Person]:
    """`sign_in("bob", policies=[…])` makes the user, and is them with the overview open."""

    def sign_in_as(name: str, policies: Any = (), **profile: Any) -> Person:
        account.user(name, policies)
        account.client("iam").create_login_profile(UserName=name, Password=PASSWORD)
        person = open_console(**profile)
        person.sign_in(name)
        return person

    return sign_in_as
