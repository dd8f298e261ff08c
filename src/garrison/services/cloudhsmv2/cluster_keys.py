"""The key store of a cluster: keys are made in its first HSM and cloned to the others, and used in the first that answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn, TypeVar

from garrison.crypto import KeyStoreAway
from garrison.services.cloudhsmv2.hsms import align
from garrison.services.cloudhsmv2.resources import Cluster
from garrison.services.cloudhsmv2.tokens import labels_of, store_in

if TYPE_CHECKING:
    from garrison.crypto import KeySpec, LoadedKey, NewMaterial
    from garrison.services.call import Parts
    from garrison.store import Unit

T = TypeVar("T")


class ClusterKeyStore:
    """A `KeyStore` in the HSMs that a cluster has when it is used."""

    def __init__(self, parts: Parts, account: str, region: str, cluster_of: Callable[[Unit], str | None]) -> None:
        """`cluster_of` finds the cluster's id at each use: a custom key store may be given a related one."""
        self._parts = parts
        self._place = account, region
        self._cluster_of = cluster_of

    def generate(self, spec: KeySpec) -> NewMaterial:
        """Make fresh material in every HSM."""
        labels = self.labels()
        made = store_in(self._parts.settings, labels[0]).generate(spec)
        align(self._parts.settings, labels)
        return made

    def take(self, spec: KeySpec, material: bytes) -> NewMaterial:
        """Put material into every HSM."""
        labels = self.labels()
        taken = store_in(self._parts.settings, labels[0]).take(spec, material)
        align(self._parts.settings, labels)
        return taken

    def open(self, spec: KeySpec, kept: bytes) -> ClusterKey:
        """The key, in whichever HSMs there are when it is used."""
        return ClusterKey(spec, kept, self)

    def destroy(self, kept: bytes) -> None:
        """Destroy it in every HSM."""
        labels = self.labels()
        store_in(self._parts.settings, labels[0]).destroy(kept)
        align(self._parts.settings, labels)

    def random(self, count: int) -> bytes:
        """Random bytes of an HSM."""
        return self.first_that_answers(lambda label: store_in(self._parts.settings, label).random(count))

    def key_in(self, label: str, spec: KeySpec, kept: bytes) -> LoadedKey:
        """A key in one HSM."""
        return store_in(self._parts.settings, label).open(spec, kept)

    def first_that_answers(self, use: Callable[[str], T]) -> T:
        """Use the first HSM that answers, by its token's label; raises `KeyStoreAway` where none does."""
        problem = KeyStoreAway("The cluster has no HSM.")
        for label in self.labels():
            try:
                return use(label)
            except KeyStoreAway as away:
                problem = away
        raise problem

    def labels(self) -> list[str]:
        """The tokens of the cluster's HSMs; raises `KeyStoreAway` where there is none."""
        with self._parts.store.reading(*self._place) as unit:
            cluster = self._cluster_of(unit)
            found = unit.get(Cluster, cluster) if cluster is not None else None
            labels = labels_of(unit, found) if found is not None else []
        if not labels:
            raise KeyStoreAway("The cluster has no HSM.")
        return labels


class ClusterKey:
    """A `LoadedKey` that lies in each HSM of a cluster."""

    __slots__ = ("_kept", "_spec", "_store")

    def __init__(self, spec: KeySpec, kept: bytes, store: ClusterKeyStore) -> None:
        self._spec = spec
        self._kept = kept
        self._store = store

    @property
    def spec(self) -> KeySpec:
        """What kind of key it is."""
        return self._spec

    def encrypt(self, plaintext: bytes, aad: bytes) -> bytes:
        """See `LoadedKey`."""
        return self._use(lambda key: key.encrypt(plaintext, aad))

    def decrypt(self, sealed: bytes, aad: bytes) -> bytes:
        """See `LoadedKey`."""
        return self._use(lambda key: key.decrypt(sealed, aad))

    def decrypt_rsa(self, ciphertext: bytes, algorithm: str) -> bytes:
        """See `LoadedKey`."""
        return self._use(lambda key: key.decrypt_rsa(ciphertext, algorithm))

    def sign(self, message: bytes, algorithm: str, *, is_digest: bool) -> bytes:
        """See `LoadedKey`."""
        return self._use(lambda key: key.sign(message, algorithm, is_digest=is_digest))

    def mac(self, message: bytes, algorithm: str) -> bytes:
        """See `LoadedKey`."""
        return self._use(lambda key: key.mac(message, algorithm))

    def agree(self, public_key: bytes) -> bytes:
        """See `LoadedKey`."""
        return self._use(lambda key: key.agree(public_key))

    def _use(self, use: Callable[[LoadedKey], bytes]) -> bytes:
        return self._store.first_that_answers(lambda label: use(self._store.key_in(label, self._spec, self._kept)))

    def __repr__(self) -> str:
        return f"ClusterKey({self._spec.name})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not pickled")
