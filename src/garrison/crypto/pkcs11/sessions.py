"""Sessions with one token: pooled for threads, logged in once, opened anew where the token went away and has come back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from garrison.crypto.failures import KeyStoreAway
from garrison.crypto.pkcs11.module import Module, anew_in_children, describe, module_at, token_of

if TYPE_CHECKING:
    from pkcs11 import Session
    from pkcs11._pkcs11 import lib as Library

T = TypeVar("T")

MOST_SESSIONS = 16
"""How many sessions with a token a process keeps open."""
_MOST_OBJECTS = 4096
"""How many objects a session remembers."""
_MISSING = "it does not hold the key"
_ATTEMPTS = 3
"""As things are, with fresh sessions, and with a module that began anew."""


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """Where a token is, and what opens it."""

    module: str
    """Path of the PKCS#11 module."""
    label: str
    """The token's label: that of one token only."""
    pin: Callable[[], str] = field(repr=False, compare=False)
    """Gives the user's PIN; asked at each login, so that it is kept nowhere. Raises `KeyStoreAway`."""


class Missing(Exception):
    """An object that the token does not show: gone, or made by another process at the same moment as one by this process.

    SoftHSM then overlooks it until it begins anew.
    """


class TokenSession:
    """A session, and the handles of objects that it has found."""

    __slots__ = ("_found", "session")

    def __init__(self, session: Session) -> None:
        self.session = session
        self._found: dict[bytes, Any] = {}

    def key(self, identifier: bytes) -> Any:
        """The secret or private key of an id; raises `Missing` where the token does not show it."""
        from pkcs11 import Attribute, ObjectClass

        found = self._found.get(identifier)
        if found is None:
            held = [
                one
                for one in self.session.get_objects({Attribute.ID: identifier})
                if one.object_class in (ObjectClass.SECRET_KEY, ObjectClass.PRIVATE_KEY)
            ]
            if len(held) != 1:
                raise Missing
            if len(self._found) >= _MOST_OBJECTS:
                self._found.clear()
            found = self._found[identifier] = held[0]
        return found


class TokenSessions:
    """The sessions of this process with one token."""

    def __init__(self, place: TokenPlace) -> None:
        self._place = place
        self._module: Module = module_at(place.module)
        self._epoch = -1
        self._login: Session | None = None
        self._idle: list[TokenSession] = []
        self._was_there = False
        """Whether this process has seen the token: one that it has not may be new, and is worth another look."""
        self._mechanisms: frozenset[int] = frozenset()
        self.forget_parent()
        anew_in_children(self)

    def forget_parent(self) -> None:
        """Let go, in a forked process, of the parent's lock; its sessions went with the module."""
        self._lock = threading.Lock()

    @property
    def mechanisms(self) -> frozenset[int]:
        """The numbers of the mechanisms that the token offers; empty before the first use."""
        return self._mechanisms

    def run(self, work: Callable[[TokenSession, int], T]) -> T:
        """Do something with a session and the number of the attempt, again where the token had gone; raises `KeyStoreAway`.

        `work` may be tried three times: a second time must do no harm.
        """
        problem = "it does not answer"
        from pkcs11.exceptions import PKCS11Error

        for attempt in range(_ATTEMPTS):
            if attempt == _ATTEMPTS - 1:
                self._module.begin_anew(self._epoch, waits=problem == _MISSING or not self._was_there)
            with self._module.in_use() as library:
                try:
                    return self._once(library, work, attempt)
                except Missing:
                    problem = _MISSING
                    self._drop()
                except PKCS11Error as error:
                    if not isinstance(error, _lost()) and type(error) is not PKCS11Error:
                        raise
                    problem = describe(error)
                    self._drop()
        raise KeyStoreAway(f"The token {self._place.label} is away: {problem}.")

    def _once(self, library: Library, work: Callable[[TokenSession, int], T], attempt: int) -> T:
        session = self._take(library)
        try:
            done = work(session, attempt)
        except BaseException:
            self._close(session)
            raise
        with self._lock:
            if len(self._idle) < MOST_SESSIONS:
                self._idle.append(session)
                return done
        self._close(session)
        return done

    def _take(self, library: Library) -> TokenSession:
        with self._lock:
            if self._epoch != self._module.epoch:
                self._epoch = self._module.epoch
                self._idle, self._login = [], None
            if self._idle:
                return self._idle.pop()
            token = token_of(library, self._place.label)
            if self._login is None:
                self._login = self._log_in(token)
                self._was_there = True
                self._mechanisms = frozenset(int(one) for one in token.slot.get_mechanisms())
            return TokenSession(token.open(rw=True))

    def _log_in(self, token: Any) -> Session:
        """Log the process in: once for all sessions with the token, which close without logging out."""
        from pkcs11.exceptions import PinIncorrect, PinInvalid, PinLenRange, PinLocked, UserAlreadyLoggedIn

        try:
            session: Session = token.open(rw=True, user_pin=self._place.pin())
            return session
        except UserAlreadyLoggedIn:
            without: Session = token.open(rw=True)
            return without
        except (PinIncorrect, PinInvalid, PinLenRange, PinLocked) as error:
            raise KeyStoreAway(f"The token {self._place.label} does not take the PIN: {describe(error)}.") from None

    def _drop(self) -> None:
        """Forget the sessions: the token has gone, or another is in its place."""
        with self._lock:
            idle, self._idle = self._idle, []
            login, self._login = self._login, None
        for one in idle:
            self._close(one)
        if login is not None:
            with suppress(Exception):
                login.close()

    @staticmethod
    def _close(session: TokenSession) -> None:
        with suppress(Exception):
            session.session.close()


_places: dict[tuple[str, str], TokenSessions] = {}


def sessions_with(place: TokenPlace) -> TokenSessions:
    """The sessions of this process with a token: shared, since a process logs in to a token once."""
    name = (place.module, place.label)
    found = _places.get(name)
    return found if found is not None else _places.setdefault(name, TokenSessions(place))


def _lost() -> tuple[type[Exception], ...]:
    """What a module answers where a token, a session or a handle is not there any more."""
    from pkcs11 import exceptions as e

    return (
        e.DeviceError,
        e.DeviceMemory,
        e.DeviceRemoved,
        e.FunctionCancelled,
        e.FunctionFailed,
        e.GeneralError,
        e.HostMemory,
        e.KeyHandleInvalid,
        e.MultipleTokensReturned,
        e.NoSuchToken,
        e.ObjectHandleInvalid,
        e.OperationActive,
        e.OperationNotInitialized,
        e.SessionClosed,
        e.SessionCount,
        e.SessionHandleInvalid,
        e.SlotIDInvalid,
        e.TokenNotPresent,
        e.TokenNotRecognised,
        e.UserNotLoggedIn,
    )
