"""Commands that call as the account's root, on the machine itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from garrison.cli.options import existing_home
from garrison.gateway.local import LocalCaller, local_caller
from garrison.runtime.home import Home
from garrison.runtime.parts import open_parts
from garrison.setting_sources import load_settings


@contextmanager
def root_of(home: Path | None) -> Iterator[tuple[Home, LocalCaller]]:
    """The home that the options name, and a caller that is its root."""
    place = existing_home(home)
    opened = open_parts(load_settings(place.path))
    try:
        with local_caller(opened) as root:
            yield place, root
    finally:
        opened.close()
