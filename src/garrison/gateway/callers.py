"""Know a caller again: credential, compiled policies and condition context, kept while the account's policies stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from garrison.gateway.context import principal_context
from garrison.identifiers import SESSION_KEY, account_of_access_key
from garrison.services.iam.credentials import resolve_access_key
from garrison.services.iam.principals import policies_of
from garrison.services.identity import Credential, Principal
from garrison.services.sts.sessions import open_token

if TYPE_CHECKING:
    from garrison.policy import CompiledPrincipal
    from garrison.store import RootKey, Store, Unit

_MOST_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Caller:
    """A principal with what deciding its calls takes."""

    policies: CompiledPrincipal
    context: dict[str, Any]
    generation: int
    """The account's policy generation that `policies` were compiled from."""


class Callers:
    """The callers a worker has met, forgotten whenever the account's policy generation rises."""

    def __init__(self, store: Store, root_key: RootKey) -> None:
        self._store = store
        self._root_key = root_key
        self._generations: dict[str, int] = {}
        self._credentials: dict[str, tuple[int, Credential]] = {}
        self._callers: dict[tuple[str | None, str | None], Caller] = {}

    def credential(self, access_key_id: str, token: str | None, at: datetime) -> Credential | None:
        """The credential of an access key id and session token; None where there is none.

        Raises `SessionExpired` or `InvalidToken` for a session token that does not hold.
        """
        if access_key_id.startswith(SESSION_KEY):
            return open_token(self._root_key, access_key_id, token or "", at)
        account = account_of_access_key(access_key_id)
        if account is None:
            return None
        generation = self._refresh(account)
        kept = self._credentials.get(access_key_id)
        if kept is not None and kept[0] == generation:
            return kept[1]
        with self._store.reading(account, "global") as unit:
            found = resolve_access_key(unit, access_key_id)
        if found is not None:
            if len(self._credentials) >= _MOST_KEPT:
                self._credentials.clear()
            self._credentials[access_key_id] = (generation, found)
        return found

    def caller(self, unit: Unit, principal: Principal) -> Caller:
        """What deciding a principal's calls takes, at the account's current policy generation."""
        # A reading unit shares the snapshot that the credential was found in; what a writing one says may yet be rolled back.
        generation = unit.policy_generation(principal.account) if unit.is_reading else self._refresh(principal.account)
        key = (principal.access_key_id, principal.principal_id)
        caller = self._callers.get(key)
        # Another thread may have compiled it before the generation rose, and put it here after.
        if caller is None or caller.generation != generation:
            caller = Caller(policies_of(unit, principal), principal_context(principal), generation)
            if len(self._callers) >= _MOST_KEPT:
                self._callers.clear()
            if principal.access_key_id:
                self._callers[key] = caller
        return caller

    def _refresh(self, account: str) -> int:
        generation = self._store.policy_generation(account)
        if self._generations.get(account) != generation:
            self._credentials.clear()
            self._callers.clear()
            self._generations[account] = generation
        return generation
