"""Replace a home's root key: every secret is sealed anew, and an interruption loses nothing."""

from __future__ import annotations

from garrison.errors import OperatorError
from garrison.runtime.home import Home
from garrison.runtime.parts import open_parts
from garrison.settings import Settings
from garrison.store import RootKey


def rotate_root_key(settings: Settings) -> int:
    """Seal everything under a new root key and put it in place of the old one; gives the number of secrets.

    The new key lies in `root.key.next` until all is sealed under it, so that running this again goes on where it stopped.
    """
    if settings.root_key_variable:
        raise OperatorError(
            "The root key comes from the environment.", "Rotate it where it is kept; see docs/responsibility.md."
        )
    home = Home(settings.home_path)
    following = home.root_key_file.with_name("root.key.next")
    if not following.exists():
        RootKey.create_file(following)
    opened = open_parts(settings)
    try:
        count = opened.parts.store.rotate_root_key(RootKey.from_file(following))
    finally:
        opened.close()
    following.replace(home.root_key_file)
    return count
