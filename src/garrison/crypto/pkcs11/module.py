"""A PKCS#11 module of this process: loaded once, used by many threads, begun anew after a fork and when its tokens have changed.

`C_Finalize` pulls every session of the process from under whoever uses one, and crashes some modules then. So whoever uses the
module says so, and it begins anew only between two uses.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol
from weakref import WeakSet

from garrison.crypto.failures import KeyStoreAway

if TYPE_CHECKING:
    from pkcs11._pkcs11 import lib as Library

_WAIT_SECONDS = 30.0
"""How long a new beginning waits for calls under way, and calls for a new beginning."""
_REST_SECONDS = 0.5
"""The least time between two new beginnings: a token that is away must not hold up those beside it."""


class Module:
    """One module by its path."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._library: Library | None = None
        self._is_stale = False
        """Whether the module is still as a parent process had it."""
        self.epoch = 0
        """Grows with each new beginning: sessions of an earlier one are gone."""
        self._unlock()
        anew_in_children(self)

    def _unlock(self) -> None:
        self._turn = threading.Condition()
        self._users = 0
        self._is_beginning = False
        self._begun_at = 0.0

    @contextmanager
    def in_use(self) -> Iterator[Library]:
        """The module for a while, in which it does not begin anew; raises `KeyStoreAway` where it cannot be had."""
        with self._turn:
            if not self._turn.wait_for(lambda: not self._is_beginning, _WAIT_SECONDS):
                raise KeyStoreAway("The PKCS#11 module does not answer.")
            library = self._library or self._load()
            self._users += 1
        try:
            yield library
        finally:
            with self._turn:
                self._users -= 1
                self._turn.notify_all()

    def begin_anew(self, epoch: int) -> None:
        """Have it look at its tokens again, unless that was done since `epoch`, or a moment ago."""
        with self._turn:
            if epoch != self.epoch or time.monotonic() - self._begun_at < _REST_SECONDS:
                return
            if self._is_beginning or self._library is None:
                return
            self._is_beginning = True
            try:
                if not self._turn.wait_for(lambda: self._users == 0, _WAIT_SECONDS):
                    raise KeyStoreAway("The PKCS#11 module does not answer.")
                self._initialize(self._library)
            finally:
                self._is_beginning = False
                self._turn.notify_all()

    def forget_parent(self) -> None:
        """Let go, in a forked process, of the parent's locks and sessions."""
        self._unlock()
        if self._library is not None:
            self.epoch += 1
            self._is_stale = True
            self._library = None

    def _load(self) -> Library:
        try:
            import pkcs11
            from pkcs11.exceptions import PKCS11Error
        except ImportError:
            raise KeyStoreAway("python-pkcs11 is not installed: install garrison[hsm].") from None
        try:
            library = pkcs11.lib(self._path)
        except PKCS11Error as error:
            raise KeyStoreAway(f"The PKCS#11 module {self._path} cannot be loaded: {describe(error)}.") from None
        if self._is_stale:
            self._initialize(library)
            self._is_stale = False
        self._library = library
        return library

    def _initialize(self, library: Library) -> None:
        from pkcs11.exceptions import PKCS11Error

        self.epoch += 1
        with suppress(PKCS11Error):
            library.finalize()
        try:
            library.initialize()
        except PKCS11Error as error:
            self._library = None
            raise KeyStoreAway(f"The PKCS#11 module cannot be started: {describe(error)}.") from None
        finally:
            self._begun_at = time.monotonic()


class Forked(Protocol):
    """What has locks and sessions that a forked process must not take along."""

    def forget_parent(self) -> None:
        """Let go of them."""


_forked: WeakSet[Forked] = WeakSet()
_modules: dict[str, Module] = {}
_making = threading.Lock()


def module_at(path: str) -> Module:
    """The one module of a path in this process."""
    with _making:
        found = _modules.get(path)
        if found is None:
            found = _modules[path] = Module(path)
        return found


def describe(error: Exception) -> str:
    """What a module's error is called; its text may be empty."""
    return type(error).__name__ + (f" ({error})" if str(error) else "")


def anew_in_children(one: Forked) -> None:
    """Have it forget its parent in every process that is forked from now on."""
    _forked.add(one)


def _after_fork() -> None:
    global _making  # noqa: PLW0603 - the parent's lock may be held by a thread that is not here
    _making = threading.Lock()
    for one in list(_forked):
        one.forget_parent()


os.register_at_fork(after_in_child=_after_fork)
