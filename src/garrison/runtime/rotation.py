"""Replace a home's root key: every secret is sealed anew, and an interruption loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from garrison.errors import OperatorError
from garrison.runtime.home import Home
from garrison.runtime.maintenance import maintaining
from garrison.runtime.parts import open_parts
from garrison.runtime.root_key import wrapping_of
from garrison.settings import Settings
from garrison.store import RootKey


def rotate_root_key(
    settings: Settings, progress: Callable[[int, int], None] | None = None, *, in_clear: bool = False
) -> int:
    """Seal everything under a new root key and put it in place of the old one; gives the number of secrets.

    Where the settings name a token the file holds it wrapped by that, unless it is wanted `in_clear` to leave the token.

    Until all is sealed under it the file holds both keys, so that running processes find the new one, the home opens after
    any stop, and running this again goes on where it stopped. `progress` is told how many secrets are sealed anew, of how many.
    """
    if settings.root_key_variable:
        raise OperatorError(
            "The root key comes from the environment.", "Rotate it where it is kept; see docs/responsibility.md."
        )
    home = Home(settings.home_path)
    file = home.root_key_file
    wrapping = wrapping_of(settings)
    kept_by = None if in_clear else wrapping
    with maintaining(home):
        key = RootKey.from_file(file, wrapping)
        if len(key.key_ids) == 1:
            key.followed_by(RootKey.generate()).replace_file(file, kept_by)
        with closing(open_parts(settings)) as opened:
            new = opened.parts.root_key.current()
            count = opened.parts.store.rotate_root_key(new, progress)
        new.replace_file(file, kept_by)
    return count
