"""ConnectCustomKeyStore and DisconnectCustomKeyStore: whether the keys of a cluster can be used."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.crypto import CryptoFailure, KeyStoreAway
from garrison.services.cloudhsmv2.cluster_keys import ClusterKeyStore
from garrison.services.cloudhsmv2.tokens import password_of
from garrison.services.kms.custom_key_stores import find_store, own_values, wrong_state
from garrison.services.kms.hsm_clusters import active_cluster
from garrison.services.kms.service import service
from garrison.store import SecretDestroyed

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.services.kms.resources import CustomKeyStore
    from garrison.store import Unit


def _prepare(call: Call, request: Mapping[str, Any]) -> None:
    """Have the cluster answer, by network maybe: what went wrong is the error code that is described from then on."""
    with call.parts.store.reading(call.account, call.region) as unit:
        call.unit = unit
        store = find_store(call, request["CustomKeyStoreId"])
        if store.connection == "FAILED":
            raise wrong_state(store)
        active_cluster(call, store.cluster, 1)
        password = _password(unit, store)
    call.evidence = _problem(call, store, password)


@service.operation(
    "ConnectCustomKeyStore", needs={"kms:ConnectCustomKeyStore": "*"}, context=own_values, prepare=_prepare
)
def connect_custom_key_store(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Connect a key store to its cluster; whether it went well is to be described."""
    store, problem = find_store(call, request["CustomKeyStoreId"]), call.evidence
    connection = "FAILED" if problem else "CONNECTED"
    call.unit.save(replace(store, connection=connection, connection_error=problem))
    return {}


@service.operation("DisconnectCustomKeyStore", needs={"kms:DisconnectCustomKeyStore": "*"}, context=own_values)
def disconnect_custom_key_store(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Disconnect a key store: its keys stay and cannot be used."""
    store = find_store(call, request["CustomKeyStoreId"])
    if store.connection == "DISCONNECTED":
        raise wrong_state(store)
    call.unit.save(replace(store, connection="DISCONNECTED", connection_error=None))
    return {}


def _password(unit: Unit, store: CustomKeyStore) -> bytes:
    try:
        return unit.unseal(store.password or "")
    except SecretDestroyed:
        return b""


def _problem(call: Call, store: CustomKeyStore, password: bytes) -> str | None:
    """The error code of a connection that cannot be; None where it can. A wrong password is not tried: that locks tokens."""
    cluster = ClusterKeyStore(call.parts, store.account, store.region, lambda _: store.cluster)
    try:
        expected = password_of(call.parts.settings, cluster.labels()[0])
        if not hmac.compare_digest(expected.encode(), password):
            return "INVALID_CREDENTIALS"
        cluster.random(1)
    except KeyStoreAway:
        return "NETWORK_ERRORS"
    except CryptoFailure:
        return "INTERNAL_ERROR"
    return None
