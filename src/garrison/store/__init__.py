"""Resources and their history, one unit of work a call, secrets sealed: everything that Garrison keeps as state."""

from garrison.store.conditions import Contains, StartsWith, after_prefix
from garrison.store.failures import (
    AlreadyExists,
    Conflict,
    SecretDestroyed,
    SnapshotMoved,
    StoreFull,
    StoreUnavailable,
    Unstorable,
)
from garrison.store.items import Version
from garrison.store.keyfile import Wrapping
from garrison.store.opening import open_store
from garrison.store.resource import GLOBAL_REGION, Resource
from garrison.store.restoring import restore_store
from garrison.store.rootkey import RootKey, SealBroken
from garrison.store.state import Lease, StateEntry
from garrison.store.store import OutboxRow, Statistics, Store
from garrison.store.unit import Unit

__all__ = [
    "GLOBAL_REGION",
    "AlreadyExists",
    "Conflict",
    "Contains",
    "Lease",
    "OutboxRow",
    "Resource",
    "RootKey",
    "SealBroken",
    "SecretDestroyed",
    "SnapshotMoved",
    "StartsWith",
    "StateEntry",
    "Statistics",
    "Store",
    "StoreFull",
    "StoreUnavailable",
    "Unit",
    "Unstorable",
    "Version",
    "Wrapping",
    "after_prefix",
    "open_store",
    "restore_store",
]
