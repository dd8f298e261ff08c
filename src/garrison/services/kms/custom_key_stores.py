"""Custom key stores: a CloudHSM cluster in which KMS makes and uses keys. Made, described, changed and deleted.

KMS developer guide, "AWS CloudHSM key stores". External key stores are not built.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.kms.condition_values import caller_values
from garrison.services.kms.failures import invalid, limit_exceeded, unsupported
from garrison.services.kms.hsm_clusters import active_cluster, check_trust_anchor
from garrison.services.kms.paging import limit_of, page, position
from garrison.services.kms.resources import CustomKeyStore, Key
from garrison.services.kms.service import service

if TYPE_CHECKING:
    from types_boto3_kms import type_defs as shapes

    from garrison.services.call import Call
    from garrison.services.registry import Context

MOST_STORES = 10
"""Of an account and region (KMS developer guide, "Resource quotas")."""
HSMS_TO_MAKE_KEYS = 2
"""How many HSMs in zones of their own a cluster has where keys are made in it."""
_REQUIRED = ("CloudHsmClusterId", "TrustAnchorCertificate", "KeyStorePassword")


def own_values(call: Call, _request: Mapping[str, Any]) -> dict[str, Any]:
    """The condition values of calls about key stores."""
    return caller_values(call)


_VALUES: Context = own_values


@service.operation(
    "CreateCustomKeyStore",
    needs={"kms:CreateCustomKeyStore": "*", "cloudhsm:DescribeClusters": "*"},
    context=_VALUES,
    hidden=("KeyStorePassword",),
)
def create_custom_key_store(call: Call, request: shapes.CreateCustomKeyStoreRequestTypeDef) -> dict[str, Any]:
    """A key store in a cluster, not connected yet."""
    if request.get("CustomKeyStoreType") == "EXTERNAL_KEY_STORE" or any(name.startswith("Xks") for name in request):
        raise unsupported("External key stores are not built here.")
    missing = [name for name in _REQUIRED if not request.get(name)]
    if missing:
        raise invalid(f"{missing[0]} is required for a custom key store of the type AWS_CLOUDHSM.")
    if call.unit.count(CustomKeyStore) >= MOST_STORES:
        raise limit_exceeded(f"The account has {MOST_STORES} custom key stores in this region.")
    _check_name(call, request["CustomKeyStoreName"])
    cluster = active_cluster(call, request["CloudHsmClusterId"], HSMS_TO_MAKE_KEYS)
    check_trust_anchor(cluster, request["TrustAnchorCertificate"])
    _check_unused(call, cluster.id, cluster.lineage)
    store = CustomKeyStore(
        account=call.account,
        region=call.region,
        id=f"cks-{secrets.token_hex(9)[:17]}",
        name=request["CustomKeyStoreName"],
        cluster=cluster.id,
        lineage=cluster.lineage,
        trust_anchor=request["TrustAnchorCertificate"],
        created_at=call.at,
        password=call.unit.seal(request["KeyStorePassword"].encode()),
    )
    return {"CustomKeyStoreId": call.unit.add(store).id}


@service.operation("DescribeCustomKeyStores", needs={"kms:DescribeCustomKeyStores": "*"}, context=_VALUES)
def describe_custom_key_stores(call: Call, request: shapes.DescribeCustomKeyStoresRequestTypeDef) -> dict[str, Any]:
    """The account's custom key stores in the region, or one of them."""
    store_id, name = request.get("CustomKeyStoreId"), request.get("CustomKeyStoreName")
    if store_id and name:
        raise invalid("Give a CustomKeyStoreId or a CustomKeyStoreName, not both.")
    if store_id:
        found = [find_store(call, store_id)]
    elif name:
        found = call.unit.page(CustomKeyStore, where={"name": name})
        if not found:
            raise ApiError("CustomKeyStoreNotFoundException", f"There is no custom key store {name}.")
    else:
        found = call.unit.page(CustomKeyStore, after=position(call, request), limit=limit_of(request, 1000) + 1)
    return page(call, request, "CustomKeyStores", found, _shown, lambda one: str(one.id), 1000)


@service.operation(
    "UpdateCustomKeyStore", needs={"kms:UpdateCustomKeyStore": "*"}, context=_VALUES, hidden=("KeyStorePassword",)
)
def update_custom_key_store(call: Call, request: shapes.UpdateCustomKeyStoreRequestTypeDef) -> dict[str, Any]:
    """Another name at any time; the cluster's new password, or a related cluster, while it is disconnected."""
    store = find_store(call, request["CustomKeyStoreId"])
    if any(name.startswith("Xks") for name in request):
        raise unsupported("External key stores are not built here.")
    cluster_id, password = request.get("CloudHsmClusterId"), request.get("KeyStorePassword")
    if (cluster_id or password) and store.connection != "DISCONNECTED":
        raise wrong_state(store)
    if (name := request.get("NewCustomKeyStoreName")) and name != store.name:
        _check_name(call, name)
        store = replace(store, name=name)
    if cluster_id:
        cluster = active_cluster(call, cluster_id, HSMS_TO_MAKE_KEYS)
        if cluster.lineage != store.lineage:
            raise ApiError(
                "CloudHsmClusterNotRelatedException",
                f"{cluster_id} shares no backup history with the key store's cluster.",
            )
        store = replace(store, cluster=cluster_id)
    if password:
        if store.password is not None:
            call.unit.destroy(store.password)
        store = replace(store, password=call.unit.seal(password.encode()))
    call.unit.save(store)
    return {}


@service.operation("DeleteCustomKeyStore", needs={"kms:DeleteCustomKeyStore": "*"}, context=_VALUES)
def delete_custom_key_store(call: Call, request: shapes.DeleteCustomKeyStoreRequestTypeDef) -> dict[str, Any]:
    """Delete a key store that has no keys; its cluster stays."""
    store = find_store(call, request["CustomKeyStoreId"])
    if store.connection != "DISCONNECTED":
        raise wrong_state(store)
    if call.unit.count(Key, {"key_store": store.id}):
        raise ApiError("CustomKeyStoreHasCMKsException", f"The custom key store {store.id} has KMS keys.")
    if store.password is not None:
        call.unit.destroy(store.password)
    call.unit.remove(store)
    return {}


def find_store(call: Call, store_id: str) -> CustomKeyStore:
    """The custom key store of an id; CustomKeyStoreNotFoundException where there is none."""
    found = call.unit.get(CustomKeyStore, store_id)
    if found is None:
        raise ApiError("CustomKeyStoreNotFoundException", f"There is no custom key store {store_id}.")
    return found


def wrong_state(store: CustomKeyStore) -> ApiError:
    """CustomKeyStoreInvalidStateException."""
    return ApiError("CustomKeyStoreInvalidStateException", f"The custom key store {store.id} is {store.connection}.")


def _check_name(call: Call, name: str) -> None:
    if call.unit.count(CustomKeyStore, {"name": name}):
        raise ApiError("CustomKeyStoreNameInUseException", f"There is a custom key store {name} already.")


def _check_unused(call: Call, cluster: str, lineage: str) -> None:
    if any(lineage == one.lineage for one in call.unit.page(CustomKeyStore)):
        raise ApiError(
            "CloudHsmClusterInUseException",
            f"{cluster}, or one that shares its backup history, has a key store already.",
        )


def _shown(store: CustomKeyStore) -> dict[str, Any]:
    shown = {
        "CustomKeyStoreId": store.id,
        "CustomKeyStoreName": store.name,
        "CloudHsmClusterId": store.cluster,
        "TrustAnchorCertificate": store.trust_anchor,
        "ConnectionState": store.connection,
        "CreationDate": store.created_at,
        "CustomKeyStoreType": "AWS_CLOUDHSM",
    }
    return shown | ({"ConnectionErrorCode": store.connection_error} if store.connection_error else {})
