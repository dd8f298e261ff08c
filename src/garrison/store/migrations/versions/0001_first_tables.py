"""The first tables: items with history, secrets, outbox, operational state, counters of accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _key(name: str, *, primary: bool = True) -> sa.Column[str]:
    return sa.Column(name, _KEY, nullable=False, primary_key=primary)


def upgrade() -> None:
    """Make the tables of a new store."""
    _make_items()
    op.create_table(
        "secret",
        _key("account"),
        _key("ref"),
        sa.Column("root_key", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
    op.create_index("secret_root_key", "secret", ["root_key"])
    op.create_table(
        "outbox",
        sa.Column("seq", _NUMBER, sa.Identity(always=True), primary_key=True),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "state",
        *map(_key, ("account", "region", "namespace", "key")),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("version", _NUMBER, nullable=False),
        sa.Column("expires_at", _NUMBER),
    )
    op.create_index("state_expires", "state", ["expires_at"])
    op.create_table(
        "account",
        _key("account"),
        sa.Column("changes", _NUMBER, nullable=False),
        sa.Column("policy_generation", _NUMBER, nullable=False),
    )
    op.create_table("meta", _key("name"), sa.Column("value", sa.Text(), nullable=False))


def _make_items() -> None:
    op.create_table(
        "item",
        *map(_key, ("account", "region", "type", "key")),
        _key("arn", primary=False),
        sa.Column("revision", _NUMBER, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
    )
    op.create_index("item_arn", "item", ["account", "arn"])
    op.create_table(
        "item_history",
        *map(_key, ("account", "region", "type", "key")),
        sa.Column("revision", _NUMBER, nullable=False, primary_key=True, autoincrement=False),
        sa.Column("captured_at", _NUMBER, nullable=False),
        sa.Column("event_id", sa.Text()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("state", sa.Text()),
    )
    op.create_index("item_history_captured", "item_history", ["account", "captured_at"])
