"""Runs the migrations that lead an older store to the current schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy
from alembic import command
from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(url: str, revision: str = "head") -> None:
    """Migrate the store of a URL, in one transaction; the caller holds the lock that keeps others out."""
    scheme, _, rest = url.partition("://")
    engine = sqlalchemy.create_engine(
        f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url, poolclass=sqlalchemy.NullPool
    )
    if engine.dialect.name == "sqlite":
        _begin_before_definitions(engine)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    finally:
        engine.dispose()


def _begin_before_definitions(engine: sqlalchemy.Engine) -> None:
    """Python's driver begins a transaction only before rows change; tables too must change as a whole or not at all."""

    @sqlalchemy.event.listens_for(engine, "connect")
    def leave_to_us(connection: Any, record: Any) -> None:
        connection.isolation_level = None

    @sqlalchemy.event.listens_for(engine, "begin")
    def begin(connection: sqlalchemy.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
