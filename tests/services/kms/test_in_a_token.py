"""KMS with its keys in a token of SoftHSM: the tests of keys in software, once more, and custom key stores in clusters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import load_der_public_key

from garrison.testing.plugin import _account

from ..cloudhsmv2.certificates import Authority
from ..refusals import refused
from .conftest import Keys, eventually
from .test_encrypting import (  # noqa: F401  (the same tests, of keys that are elsewhere)
    test_all_sizes_fit,
    test_no_byte_of_a_ciphertext_can_be_another,
    test_the_named_key_must_be_the_one,
    test_what_was_encrypted_comes_back_under_the_same_context_only,
)

SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "kmsuser-secret"
SUBNETS = ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"]


@pytest.fixture(scope="module")
def keys(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keys]:
    """In place of the account whose keys are in software."""
    if not Path(SOFTHSM).exists():
        pytest.skip("softhsm2 is not installed")
    pin = tmp_path_factory.mktemp("pin") / "pin"
    pin.write_text(PIN)
    pin.chmod(0o600)
    made = {"module": SOFTHSM, "softhsm": True, "pin_file": str(pin)}
    with _account(pytestconfig, key_store=made | {"kind": "pkcs11", "token": "kms"}, cloudhsm=made) as account:
        yield Keys(account)


class Store:
    """A custom key store and its cluster."""

    def __init__(self, keys: Keys) -> None:
        self.kms, self.hsm = keys.kms, keys.account.client("cloudhsmv2")
        self.authority = Authority()
        self.cluster: str = self.hsm.create_cluster(HsmType="hsm2m.medium", Mode="FIPS", SubnetIds=SUBNETS)["Cluster"][
            "ClusterId"
        ]
        self.first: str = self.grow("us-east-1a")
        csr = self.hsm.describe_clusters()["Clusters"][0]["Certificates"]["ClusterCsr"]
        self.hsm.initialize_cluster(
            ClusterId=self.cluster, SignedCert=self.authority.sign(csr), TrustAnchor=self.authority.pem
        )

    def grow(self, zone: str) -> str:
        return str(self.hsm.create_hsm(ClusterId=self.cluster, AvailabilityZone=zone)["Hsm"]["HsmId"])

    def create(self, **other: Any) -> str:
        given = {
            "CustomKeyStoreName": "store",
            "CloudHsmClusterId": self.cluster,
            "TrustAnchorCertificate": self.authority.pem,
            "KeyStorePassword": PIN,
        } | other
        return str(self.kms.create_custom_key_store(**given)["CustomKeyStoreId"])

    def state(self, store: str) -> tuple[str, str | None]:
        [found] = self.kms.describe_custom_key_stores(CustomKeyStoreId=store)["CustomKeyStores"]
        return found["ConnectionState"], found.get("ConnectionErrorCode")


def test_signatures_macs_and_random_bytes_are_the_tokens(keys: Keys) -> None:
    kms, key = keys.kms, keys.shared("RSA_2048", "SIGN_VERIFY")
    named = {"KeyId": key, "Message": b"m", "SigningAlgorithm": "RSASSA_PSS_SHA_256"}
    signature = kms.sign(**named)["Signature"]
    assert kms.verify(Signature=signature, **named)["SignatureValid"]
    public = load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    public.verify(signature, b"m", pss, hashes.SHA256())  # type: ignore[union-attr, call-arg, arg-type]
    mac = {"KeyId": keys.shared("HMAC_256", "GENERATE_VERIFY_MAC"), "Message": b"m", "MacAlgorithm": "HMAC_SHA_256"}
    assert kms.verify_mac(Mac=kms.generate_mac(**mac)["Mac"], **mac)["MacValid"]
    assert len(kms.generate_random(NumberOfBytes=1024)["Plaintext"]) == 1024
    rsa = keys.shared("RSA_2048")
    blob = kms.encrypt(KeyId=rsa, Plaintext=b"x", EncryptionAlgorithm="RSAES_OAEP_SHA_256")["CiphertextBlob"]
    lacking = {"KeyId": rsa, "CiphertextBlob": blob, "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}
    assert refused(kms.decrypt, **lacking)[0] == "UnsupportedOperationException"


def test_a_custom_key_store_is_made_connected_used_and_deleted(keys: Keys) -> None:
    kms, store = keys.kms, Store(keys)
    assert refused(store.create)[0] == "CloudHsmClusterInvalidConfigurationException"
    store.grow("us-east-1b")
    assert refused(store.create, TrustAnchorCertificate=Authority().pem)[0] == "IncorrectTrustAnchorException"
    assert refused(store.create, CloudHsmClusterId="cluster-aaaaaaaaaaa")[0] == "CloudHsmClusterNotFoundException"
    assert refused(store.create, CustomKeyStoreType="EXTERNAL_KEY_STORE")[0] == "UnsupportedOperationException"
    name = store.create(KeyStorePassword="wrong-password")
    assert refused(store.create)[0] == "CustomKeyStoreNameInUseException"
    assert refused(store.create, CustomKeyStoreName="other")[0] == "CloudHsmClusterInUseException"
    kms.connect_custom_key_store(CustomKeyStoreId=name)
    assert store.state(name) == ("FAILED", "INVALID_CREDENTIALS")
    invalid_state = "CustomKeyStoreInvalidStateException"
    assert refused(kms.connect_custom_key_store, CustomKeyStoreId=name)[0] == invalid_state
    assert refused(kms.update_custom_key_store, CustomKeyStoreId=name, KeyStorePassword=PIN)[0] == invalid_state
    kms.disconnect_custom_key_store(CustomKeyStoreId=name)
    assert refused(kms.disconnect_custom_key_store, CustomKeyStoreId=name)[0] == invalid_state
    kms.update_custom_key_store(CustomKeyStoreId=name, KeyStorePassword=PIN, NewCustomKeyStoreName="renamed")
    made = {"Origin": "AWS_CLOUDHSM", "CustomKeyStoreId": name}
    assert refused(kms.create_key, **made)[0] == invalid_state
    kms.connect_custom_key_store(CustomKeyStoreId=name)
    assert store.state(name) == ("CONNECTED", None)
    key = kms.create_key(**made)["KeyMetadata"]
    assert (key["CustomKeyStoreId"], key["CloudHsmClusterId"]) == (name, store.cluster)
    named = {"KeyId": key["KeyId"]}
    blob = kms.encrypt(Plaintext=b"secret", **named)["CiphertextBlob"]
    assert len(kms.generate_random(NumberOfBytes=8, CustomKeyStoreId=name)["Plaintext"]) == 8
    for refuses in (kms.enable_key_rotation, kms.rotate_key_on_demand, kms.get_key_rotation_status):
        assert refused(refuses, **named)[0] == "UnsupportedOperationException"
    wrapping = {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}
    assert refused(kms.get_parameters_for_import, **named, **wrapping)[0] == "UnsupportedOperationException"
    material = {"ImportToken": b"token", "EncryptedKeyMaterial": b"material"}
    assert refused(kms.import_key_material, **named, **material)[0] == "UnsupportedOperationException"

    # The HSM that the key was made in goes; the one beside it has it too.
    store.hsm.delete_hsm(ClusterId=store.cluster, HsmId=store.first)
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"secret"
    assert refused(kms.create_key, **made)[0] == "CloudHsmClusterInvalidConfigurationException"

    kms.disconnect_custom_key_store(CustomKeyStoreId=name)
    assert kms.describe_key(**named)["KeyMetadata"]["KeyState"] == "Unavailable"
    assert refused(kms.decrypt, CiphertextBlob=blob)[0] == "KMSInvalidStateException"
    assert refused(kms.delete_custom_key_store, CustomKeyStoreId=name)[0] == "CustomKeyStoreHasCMKsException"
    kms.connect_custom_key_store(CustomKeyStoreId=name)
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"secret"
    [event] = keys.account.events("UpdateCustomKeyStore")[-1:]
    assert PIN not in str(event)


def test_a_token_that_is_gone_is_said_to_be_and_nothing_is_lost(keys: Keys) -> None:
    kms = keys.kms
    key = keys.new()
    blob = kms.encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
    tokens = keys.account.home / "hsm" / "tokens"
    away = tokens.with_name("away")
    [token] = [one.parent for one in tokens.glob("*/token.object") if b"kms" + b" " * 29 in one.read_bytes()]
    token.rename(away)
    try:
        assert refused(kms.decrypt, CiphertextBlob=blob)[0] == "KeyUnavailableException"
        assert refused(kms.create_key)[0] == "DependencyTimeoutException"
    finally:
        away.rename(token)

    def opened() -> bytes:
        try:
            return bytes(kms.decrypt(CiphertextBlob=blob)["Plaintext"])
        except kms.exceptions.KeyUnavailableException:
            return b""

    assert eventually(opened) == b"secret"
