"""HSMs: CreateHsm takes or makes a token that holds the cluster's keys, DeleteHsm lets it go after a backup."""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.crypto import spec_of
from garrison.services.cloudhsmv2.backup_making import discard, draft_backup
from garrison.services.cloudhsmv2.certificates import signing_request
from garrison.services.cloudhsmv2.clusters import shown_hsm
from garrison.services.cloudhsmv2.failures import failed, invalid, not_found
from garrison.services.cloudhsmv2.naming import (
    Request,
    cluster_arn,
    cluster_values,
    find_cluster,
    hsms_of,
    new_id,
)
from garrison.services.cloudhsmv2.resources import Backup, Cluster, Hsm, TakenToken
from garrison.services.cloudhsmv2.service import service
from garrison.services.cloudhsmv2.taking import chosen_token, provide_token
from garrison.services.cloudhsmv2.tokens import answered, check_configured, labels_of, softhsm_of, store_in

if TYPE_CHECKING:
    from types_boto3_cloudhsmv2 import type_defs as shapes

    from garrison.crypto import NewMaterial
    from garrison.services.call import Call
    from garrison.settings import Settings

MOST_HSMS = 28
"""Of a cluster ("AWS CloudHSM quotas")."""
_CLUSTER_KEY = "RSA_2048"


@dataclass(frozen=True, slots=True)
class Provided:
    """An HSM whose token is ready, before anybody may use it."""

    hsm: Hsm
    cluster: Cluster
    """The cluster as it was then, with its key pair and signing request."""
    revision: int


def _prepare_hsm(call: Call, request: Request) -> None:
    """Have a token that holds what the cluster holds; it may take a network, so it is outside of the transaction."""
    settings = call.parts.settings
    check_configured(settings)
    with call.parts.store.reading(call.account, call.region) as unit:
        call.unit = unit
        cluster = find_cluster(call, request["ClusterId"])
        hsm = _draft(call, cluster, request)
        hsm = replace(hsm, token=chosen_token(settings, unit, cluster, hsm))
        with answered():
            provide_token(settings, unit, cluster, hsm)
        call.after_refusal.append(lambda: _let_go(settings, hsm.token))
    revision = cluster.revision
    with answered():
        if cluster.key is None:
            cluster = _with_key(settings, cluster, hsm)
    call.evidence = Provided(hsm, cluster, revision)


@service.operation("CreateHsm", needs={"cloudhsm:CreateHsm": cluster_arn}, context=cluster_values, prepare=_prepare_hsm)
def create_hsm(call: Call, request: shapes.CreateHsmRequestTypeDef) -> dict[str, Any]:
    """One more HSM, with the keys of those that are there."""
    provided: Provided = call.evidence
    cluster, hsm = find_cluster(call, request["ClusterId"]), provided.hsm
    if cluster.revision != provided.revision or call.unit.get(Hsm, cluster.id, hsm.number) is not None:
        raise failed(f"Cluster {cluster.id} was changed meanwhile. Try again.")
    settings = call.parts.settings
    if not settings.cloudhsm.softhsm:
        _mark_taken(call, cluster, hsm)
    if provided.cluster != cluster:
        cluster = call.unit.save(provided.cluster)
    call.unit.add(hsm)
    labels = labels_of(call.unit, cluster)
    call.after_commit.append(lambda: align(settings, labels))
    return {"Hsm": shown_hsm(cluster, hsm) | {"State": "CREATE_IN_PROGRESS"}}


def _draft(call: Call, cluster: Cluster, request: Request) -> Hsm:
    there = hsms_of(call.unit, cluster)
    zone, address = request["AvailabilityZone"], request.get("IpAddress") or ""
    if zone not in cluster.subnets:
        raise invalid(f"Cluster {cluster.id} has no subnet in {zone}.")
    if there and cluster.state == "UNINITIALIZED":
        raise invalid(f"Cluster {cluster.id} has one HSM until it is initialized.")
    if len(there) >= MOST_HSMS:
        raise invalid(f"A cluster has at most {MOST_HSMS} HSMs.")
    if address:
        try:
            ipaddress.IPv4Address(address)
        except ValueError:
            raise invalid(f"{address} is no IPv4 address.") from None
        if any(hsm.address == address for hsm in there):
            raise invalid(f"The IP address {address} is in use.")
    return Hsm(
        account=call.account,
        region=call.region,
        cluster=cluster.id,
        number=there[-1].number + 1 if there else 0,
        id=new_id("hsm"),
        created_at=call.at,
        zone=zone,
        eni=f"eni-{secrets.token_hex(8)}1",
        address=address,
        token="",
    )


def _with_key(settings: Settings, cluster: Cluster, hsm: Hsm) -> Cluster:
    """The cluster with a key pair, made in its first HSM, and the signing request of it."""
    store, spec = store_in(settings, hsm.token), spec_of(_CLUSTER_KEY)
    assert spec is not None
    made: NewMaterial = store.generate(spec)
    assert made.public_key is not None
    csr = signing_request(store.open(spec, made.kept), made.public_key, hsm.id)
    return replace(cluster, key=made.kept.hex(), csr=csr)


def _mark_taken(call: Call, cluster: Cluster, hsm: Hsm) -> None:
    own = call.parts.settings.account_id
    taken = call.unit.get(TakenToken, hsm.token, account=own)
    if taken is None:
        call.unit.add(TakenToken(account=own, label=hsm.token, cluster=cluster.arn, hsm=hsm.id))
    elif taken.cluster == cluster.arn and taken.hsm is None:
        call.unit.save(replace(taken, hsm=hsm.id))
    else:
        raise failed(f"The token {hsm.token} was taken meanwhile. Try again.")


def _prepare_deletion(call: Call, request: Request) -> None:
    """Back up what the HSM holds, where its token has means for that."""
    settings = call.parts.settings
    with call.parts.store.reading(call.account, call.region) as unit:
        call.unit = unit
        cluster = find_cluster(call, request["ClusterId"])
        hsm = _find(call, cluster, request)
    if not settings.cloudhsm.softhsm or cluster.state != "INITIALIZED":
        return
    with answered():
        backup = draft_backup(settings, cluster, hsm.token, call.at)
    call.after_refusal.append(lambda: discard(settings, backup.id))
    call.evidence = backup


@service.operation(
    "DeleteHsm", needs={"cloudhsm:DeleteHsm": cluster_arn}, context=cluster_values, prepare=_prepare_deletion
)
def delete_hsm(call: Call, request: shapes.DeleteHsmRequestTypeDef) -> dict[str, Any]:
    """One HSM less; what it holds is backed up first, and comes back with the cluster's next HSM if it was the last."""
    settings = call.parts.settings
    cluster = find_cluster(call, request["ClusterId"])
    hsm = _find(call, cluster, request)
    backup: Backup | None = call.evidence
    if backup is not None:
        call.unit.add(backup)
        call.unit.save(replace(cluster, backed_up_at=backup.created_at))
    elif cluster.state == "UNINITIALIZED":
        call.unit.save(replace(cluster, key=None, csr=None))
    call.unit.remove(hsm)
    if settings.cloudhsm.softhsm:
        call.after_commit.append(lambda: _let_go(settings, hsm.token))
    elif (taken := call.unit.get(TakenToken, hsm.token, account=settings.account_id)) is not None:
        call.unit.save(replace(taken, hsm=None))
    return {"HsmId": hsm.id}


def _find(call: Call, cluster: Cluster, request: Request) -> Hsm:
    by = {"HsmId": "id", "EniId": "eni", "EniIp": "address"}
    given = [(field, request[member]) for member, field in by.items() if request.get(member)]
    if len(given) != 1:
        raise invalid("Name the HSM by one of HsmId, EniId and EniIp.")
    [(field, value)] = given
    for hsm in hsms_of(call.unit, cluster):
        if getattr(hsm, field) == value:
            return hsm
    raise not_found(f"Cluster {cluster.id} has no HSM {value}.")


def _let_go(settings: Settings, label: str) -> None:
    """Remove a token that Garrison made; one of the settings stays as it is."""
    if settings.cloudhsm.softhsm:
        softhsm_of(settings).remove(label)


def align(settings: Settings, labels: list[str]) -> None:
    """Have the tokens of a cluster hold the same keys, where that is not done by their vendor."""
    if settings.cloudhsm.softhsm and len(labels) > 1:
        softhsm_of(settings).align(labels[0], labels[1:])
