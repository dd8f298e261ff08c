"""Which token a new HSM gets, and that it holds the keys of its cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.crypto import KeyStoreAway
from garrison.services.cloudhsmv2.failures import failed
from garrison.services.cloudhsmv2.naming import hsms_of
from garrison.services.cloudhsmv2.resources import Backup, Cluster, Hsm, TakenToken
from garrison.services.cloudhsmv2.tokens import answered, backup_folder, make_token, softhsm_of, store_in

if TYPE_CHECKING:
    from garrison.setting_tables import HsmToken
    from garrison.settings import Settings
    from garrison.store import Unit


def chosen_token(settings: Settings, unit: Unit, cluster: Cluster, hsm: Hsm) -> str:
    """The label of the token for an HSM; CloudHsmServiceException where there is none that can serve."""
    if settings.cloudhsm.softhsm:
        return hsm.id
    taken = {one.label: one for one in unit.page(TakenToken, account=settings.account_id)}
    own = {label for label, one in taken.items() if one.cluster == cluster.arn}
    for label in sorted(own):
        if taken[label].hsm is None:
            return label  # an HSM of the cluster had it before, and it holds the cluster's keys
    free = [token for token in settings.cloudhsm.tokens if token.label not in taken]
    if not own:
        return _empty(settings, free)
    groups = {token.group for token in settings.cloudhsm.tokens if token.label in own}
    for token in free:
        if token.group and token.group in groups:
            return token.label
    raise failed(
        "No free token holds the keys of the cluster: only tokens of one group, which their vendor keeps alike, make one cluster."
    )


def _empty(settings: Settings, free: list[HsmToken]) -> str:
    """The first free token that holds no keys of Garrison's: those of a deleted cluster are nobody else's."""
    problem = "all are taken"
    for token in free:
        try:
            with answered():
                if store_in(settings, token.label).count() == 0:
                    return token.label
            problem = "those that are free hold keys of a cluster that is gone: wipe one"
        except KeyStoreAway as away:
            problem = str(away)
    raise failed(f"There is no token for the HSM: {problem}.")


def provide_token(settings: Settings, unit: Unit, cluster: Cluster, hsm: Hsm) -> None:
    """Have the HSM's token ready, with what the cluster holds; raises `KeyStoreAway`."""
    if not settings.cloudhsm.softhsm:
        store_in(settings, hsm.token).count()
        return
    tokens, there = softhsm_of(settings), hsms_of(unit, cluster)
    if there:
        source = tokens.find(there[0].token)
        if source is None:
            raise KeyStoreAway(f"The token of {there[0].id} is not there.")
        tokens.clone(source, hsm.token)
    elif (backup := newest_backup(unit, cluster)) is not None:
        tokens.clone(backup_folder(settings, backup), hsm.token)
    elif cluster.key is not None:
        raise KeyStoreAway(f"Cluster {cluster.id} has neither an HSM nor a backup: its keys are gone.")
    else:
        make_token(settings, hsm.token)


def newest_backup(unit: Unit, cluster: Cluster) -> str | None:
    """The id of the backup that a cluster without HSMs goes on from: its newest, else the one it was made of."""
    where = {"cluster": cluster.id}
    found = unit.page(Backup, where=where, account=cluster.account, region=cluster.region)
    own = [one for one in found if one.delete_at is None and one.source_backup is None]
    return max(own, key=lambda one: one.created_at).id if own else cluster.source_backup
