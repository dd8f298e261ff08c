"""Whether a home's files are in formats that this Garrison knows: looked at before a server touches any of them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from garrison.errors import OperatorError
from garrison.journal.consumers import offsets
from garrison.journal.segments import list_segments
from garrison.runtime.home import Home
from garrison.runtime.root_key import open_root_key
from garrison.settings import Settings
from garrison.store import schema

_SQLITE = "sqlite:///"


def check_formats(settings: Settings) -> None:
    """Raise `OperatorError` where store, journal or its consumers' offsets cannot be read, or the root key is missing.

    It touches nothing, and is what lets the gateway answer before the background process has opened them.
    """
    home = Home(settings.home_path)
    if not settings.root_key_variable:
        open_root_key(settings)
    for segment in list_segments(home.journal):
        segment.created_at_us()
    offsets(home.offsets)
    if settings.effective_store_url.startswith(_SQLITE):
        _check_store(Path(settings.effective_store_url.removeprefix(_SQLITE).partition("?")[0]))


def _check_store(path: Path) -> None:
    # As an immutable file SQLite makes no log and no lock beside it. A log left by a crash is not looked at: what is in
    # it was written by whoever wrote the file, and opening the store looks again.
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)) as store:
            versions = [version for (version,) in store.execute("SELECT version_num FROM alembic_version")]
    except sqlite3.Error:
        return  # nothing in it yet, or damaged: opening it says which
    unknown = [version for version in versions if version not in schema.VERSIONS]
    if unknown:
        raise OperatorError(
            f"{path} has the schema version {unknown[0]}; this Garrison knows {', '.join(schema.VERSIONS)}.",
            "Nothing was changed. Start the Garrison that wrote it, or a newer one.",
        )
