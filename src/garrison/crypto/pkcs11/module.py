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
from garrison.crypto.pkcs11.functions import ALREADY_INITIALIZED, CANT_LOCK, Functions

if TYPE_CHECKING:
    from pkcs11 import Token
    from pkcs11._pkcs11 import lib as Library

_WAIT_SECONDS = 30.0
"""How long a new beginning waits for calls under way, and calls for a new beginning."""
_REST_SECONDS = 0.5
"""The least time between two new beginnings: a token that is away must not hold up those beside it."""


class Module:
    """One module by its path."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._loaded: tuple[Library, Functions] | None = None
        self._is_ready = False
        """Whether it is initialised in this process."""
        self._most_users: int | None = None
        """How many may use it at once; None for any number."""
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
            if not self._turn.wait_for(self._may_use, _WAIT_SECONDS):
                raise KeyStoreAway("The PKCS#11 module does not answer.")
            library, functions = self._loaded or self._load()
            if not self._is_ready:
                self._initialize(library, functions)
            self._users += 1
        try:
            yield library
        finally:
            with self._turn:
                self._users -= 1
                self._turn.notify_all()

    def _may_use(self) -> bool:
        return not self._is_beginning and (self._most_users is None or self._users < self._most_users)

    def begin_anew(self, epoch: int, *, at_once: bool = False, waits: bool = False) -> None:
        """Have it look at its tokens again, unless that was done since `epoch`.

        Not `at_once`, a moment after the last time: whoever `waits` does so until then, for others nothing is done.
        """
        with self._turn:
            rest = self._begun_at + _REST_SECONDS - time.monotonic()
            if rest > 0 and not at_once:
                if not waits:
                    return
                self._turn.wait_for(lambda: epoch != self.epoch, rest)
            if epoch != self.epoch or self._is_beginning or self._loaded is None:
                return
            self._is_beginning = True
            try:
                if not self._turn.wait_for(lambda: self._users == 0, _WAIT_SECONDS):
                    raise KeyStoreAway("The PKCS#11 module does not answer.")
                self._initialize(*self._loaded)
            finally:
                self._is_beginning = False
                self._turn.notify_all()

    def init_token(self, slot: int, so_pin: str, label: str) -> int:
        """Make a token in a slot, within a use; gives the module's code, 0 where it went well."""
        assert self._loaded is not None
        return self._loaded[1].init_token(slot, so_pin, label)

    def forget_parent(self) -> None:
        """Let go, in a forked process, of the parent's locks and sessions."""
        self._unlock()
        self._is_ready = False

    def _load(self) -> tuple[Library, Functions]:
        try:
            from pkcs11._pkcs11 import lib
        except ImportError:
            raise KeyStoreAway("python-pkcs11 is not installed: install garrison[hsm].") from None
        try:
            # Without __init__, which would initialise the module for one thread alone.
            library: Library = lib.__new__(lib, self._path)  # type: ignore[call-arg]
            self._loaded = library, Functions(self._path)
        except (RuntimeError, OSError) as error:
            raise KeyStoreAway(f"The PKCS#11 module {self._path} cannot be loaded: {error}.") from None
        return self._loaded

    def _initialize(self, library: Library, functions: Functions) -> None:
        self.epoch += 1
        self._begun_at = time.monotonic()
        self._is_ready = False
        if not functions.is_one:
            self._most_users = 1
            self._initialize_by(library)
        else:
            if self.epoch > 1:
                functions.finalize()
            code = functions.initialize(many_threads=True)
            self._most_users = 1 if code == CANT_LOCK else None
            if code == CANT_LOCK:
                code = functions.initialize(many_threads=False)
            if code not in (0, ALREADY_INITIALIZED):
                raise KeyStoreAway(f"The PKCS#11 module cannot be started: error {code:#x}.")
        self._is_ready = True

    def _initialize_by(self, library: Library) -> None:
        from pkcs11.exceptions import PKCS11Error

        with suppress(PKCS11Error):
            library.finalize()
        try:
            library.initialize()
        except PKCS11Error as error:
            raise KeyStoreAway(f"The PKCS#11 module cannot be started: {describe(error)}.") from None


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


def tokens_of(library: Library) -> list[Token]:
    """The tokens that a module has now; one that does not answer is left out, and does not hide the others."""
    from pkcs11.exceptions import PKCS11Error

    found = []
    for slot in library.get_slots(token_present=True):
        with suppress(PKCS11Error):
            found.append(slot.get_token())
    return found


def token_of(library: Library, label: str) -> Token:
    """The token of a label; raises python-pkcs11's own exceptions where there is none, or more than one."""
    from pkcs11.exceptions import MultipleTokensReturned, NoSuchToken

    found = [one for one in tokens_of(library) if one.label == label]
    if not found:
        raise NoSuchToken("no token has the label")
    if len(found) > 1:
        raise MultipleTokensReturned("several tokens have the label")
    return found[0]


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
