"""Opening: tables are made once, migrations lead to the same, and what is not ours stays untouched."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy

from garrison.clock import SystemClock
from garrison.errors import OperatorError
from garrison.store import RootKey, Store, StoreUnavailable, open_store, schema
from garrison.store.migrating import migrate
from garrison.store.postgresql import PostgresqlConnection

from .conftest import ACCOUNT, REGION, Banner, Gate, Open, fresh_postgresql, gate


def _columns(url: str) -> dict[str, object]:
    """A database's tables as SQLAlchemy reflects them."""
    engine = sqlalchemy.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    inspector = sqlalchemy.inspect(engine)
    tables = {
        table: (
            [
                (c["name"], str(c["type"]), c["nullable"], getattr(c["type"], "collation", None))
                for c in inspector.get_columns(table)
            ],
            inspector.get_pk_constraint(table)["constrained_columns"],
            sorted((i["name"], i["column_names"]) for i in inspector.get_indexes(table)),
        )
        for table in inspector.get_table_names()
    }
    engine.dispose()
    return tables


def test_the_migrations_make_the_same_tables_as_a_new_store_has(
    database_url: str, key_file: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    open_store(database_url, RootKey.from_file(key_file), SystemClock()).close()
    if database_url.startswith("sqlite"):
        migrated = f"sqlite:///{tmp_path / 'migrated.db'}"
    else:
        migrated = fresh_postgresql(request.getfixturevalue("postgresql_server"))
    migrate(migrated)
    assert _columns(migrated) == _columns(database_url)
    assert schema.COLUMNS.keys() == _columns(database_url).keys() - {"alembic_version"}


def test_the_newest_migration_is_the_schema_s_version() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from garrison.store.migrating import MIGRATIONS

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_current_head() == schema.HEAD
    assert tuple(reversed([script.revision for script in scripts.walk_revisions()])) == schema.VERSIONS


def test_a_store_opens_again_with_what_it_had_and_its_indexes(store: Store, open_again: Open) -> None:
    with store.writing(ACCOUNT, REGION) as unit:
        kept = unit.add(gate())
    store.close()
    again = open_again()
    with again.reading(ACCOUNT, REGION) as unit:
        assert unit.page(Gate) == [kept]
    with pytest.raises(StoreUnavailable, match="closed"):
        store.reading(ACCOUNT, REGION).__enter__()


def test_a_declared_index_serves_its_listing(sqlite_store: Store, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "store.db") as raw:
        plan = raw.execute(
            "EXPLAIN QUERY PLAN SELECT revision, state FROM item WHERE account = ? AND region = ?"
            " AND type = 'Garrison::Test::Gate' AND (state ->> '$.guard') = ? AND key > ? ORDER BY key LIMIT ?",
            ("a", "b", "c", "d", 1),
        ).fetchall()
    raw.close()
    assert len(plan) == 1
    assert "USING INDEX item_garrison_test_gate_guard (account=? AND region=? AND <expr>=? AND key>?)" in plan[0][3]


def test_many_openers_at_once_make_one_store(database_url: str, key_file: Path) -> None:
    failures: list[BaseException] = []

    def opener() -> None:
        try:
            store = open_store(database_url, RootKey.from_file(key_file), SystemClock(), [Gate, Banner])
            with store.writing(ACCOUNT, REGION) as unit:
                unit.raise_policy_generation()
            store.close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=opener) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    store = open_store(database_url, RootKey.from_file(key_file), SystemClock())
    assert store.policy_generation(ACCOUNT) == 6
    store.close()


def test_a_store_of_an_unknown_version_is_refused_and_untouched(tmp_path: Path, key_file: Path) -> None:
    url, key = f"sqlite:///{tmp_path / 'store.db'}", RootKey.from_file(key_file)
    open_store(url, key, SystemClock()).close()
    with sqlite3.connect(tmp_path / "store.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    before = (tmp_path / "store.db").read_bytes()
    with pytest.raises(OperatorError, match=r"schema version 9999; this Garrison knows .*Nothing was changed"):
        open_store(url, key, SystemClock(), [Gate])
    assert (tmp_path / "store.db").read_bytes() == before


def test_a_log_left_by_an_unknown_version_stays(tmp_path: Path, key_file: Path) -> None:
    url, key = f"sqlite:///{tmp_path / 'store.db'}", RootKey.from_file(key_file)
    open_store(url, key, SystemClock()).close()
    script = (
        "import os, sqlite3, sys\nc = sqlite3.connect(sys.argv[1])\n"
        "c.execute(\"UPDATE alembic_version SET version_num = '9999'\")\nc.commit()\nos._exit(0)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "store.db")], check=True)
    files = [tmp_path / "store.db", tmp_path / "store.db-wal"]
    before = [file.read_bytes() for file in files]
    assert before[1]
    with pytest.raises(OperatorError, match="schema version 9999"):
        open_store(url, key, SystemClock(), [Gate])
    assert [file.read_bytes() for file in files] == before


def test_a_database_of_something_else_is_refused(database_url: str, key_file: Path) -> None:
    if database_url.startswith("sqlite"):
        with sqlite3.connect(database_url.removeprefix("sqlite:///")) as raw:
            raw.execute("CREATE TABLE theirs (x)")
        raw.close()
    else:
        connection = PostgresqlConnection(database_url)
        connection.run("CREATE TABLE theirs (x INT)")
        connection.close()
    with pytest.raises(OperatorError, match="not as a store of Garrison"):
        open_store(database_url, RootKey.from_file(key_file), SystemClock())


@pytest.mark.parametrize(
    "content", [b"not a database at all, but long enough to look at" * 40, b"SQLite format 3\x00" + b"\xff" * 4000]
)
def test_a_damaged_file_says_so(tmp_path: Path, key_file: Path, content: bytes) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(content)
    with pytest.raises(OperatorError, match="is not a database, or is damaged"):
        open_store(f"sqlite:///{path}", RootKey.from_file(key_file), SystemClock())
    assert path.read_bytes() == content


def test_pages_damaged_under_way_are_told_and_not_answered_with(tmp_path: Path, key_file: Path) -> None:
    url, key = f"sqlite:///{tmp_path / 'store.db'}", RootKey.from_file(key_file)
    store = open_store(url, key, SystemClock(), [Gate])
    with store.writing(ACCOUNT, REGION) as unit:
        for number in range(200):
            unit.add(gate(number=number))
    store.close()
    path = tmp_path / "store.db"
    content = path.read_bytes()
    half = len(content) // 2
    path.write_bytes(content[:half] + os.urandom(len(content) - half))
    store = open_store(url, key, SystemClock())
    with pytest.raises(StoreUnavailable, match="damaged"), store.reading(ACCOUNT, REGION) as unit:
        unit.page(Gate)
    store.close()


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("mysql://x/y", "mysql is no kind of store"),
        ("sqlite:////nonexistent/folder/store.db", "cannot be opened"),
        ("sqlite:///x.db?synchronous=SOMETIMES", "no way to sync"),
        ("postgresql://someone:hunter2@127.0.0.1:9/none", "cannot be reached"),
    ],
)
def test_a_url_that_leads_nowhere_is_told_without_its_password(url: str, cause: str, key_file: Path) -> None:
    with pytest.raises(OperatorError, match=cause) as told:
        open_store(url, RootKey.from_file(key_file), SystemClock())
    assert "hunter2" not in str(told.value)


def test_opening_an_existing_store_loads_neither_sqlalchemy_nor_alembic(sqlite_store: Store, tmp_path: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom garrison.clock import SystemClock\n"
        "from garrison.store import RootKey, open_store\n"
        "open_store(sys.argv[1], RootKey.from_file(Path(sys.argv[2])), SystemClock())\n"
        "print(sorted({'sqlalchemy', 'alembic', 'psycopg'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", script, f"sqlite:///{tmp_path / 'store.db'}", str(tmp_path / "root.key")]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "[]\n"
