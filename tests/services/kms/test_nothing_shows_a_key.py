"""No file of a home shows a key's bytes or a plaintext: not the store, the journal, the logs, nor what a backup would take."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa


def forms(secret: bytes) -> Iterator[bytes]:
    """How bytes may be written: as they are, in hexadecimal digits, in Base64 at each of its three alignments."""
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    for shift in range(3):
        yield base64.b64encode(b"\0" * shift + secret)[4 if shift else 0 : -4]
    yield base64.urlsafe_b64encode(secret)[:-4]


def showing(home: Path, secrets: list[bytes]) -> set[str]:
    """The files that show one of the secrets in any form."""
    looked_for = [form for secret in secrets for form in forms(secret)]
    files = [(path, path.read_bytes()) for path in home.rglob("*") if path.is_file()]
    assert len(files) > 5
    return {str(path.relative_to(home)) for path, content in files if any(form in content for form in looked_for)}


def imported(kms: Any, material: bytes, **kind: str) -> str:
    """A key of material that the test knows."""
    key = str(kms.create_key(Origin="EXTERNAL", **kind)["KeyMetadata"]["KeyId"])
    given = kms.get_parameters_for_import(KeyId=key, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048")
    public = serialization.load_der_public_key(given["PublicKey"])
    assert isinstance(public, rsa.RSAPublicKey)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    kms.import_key_material(
        KeyId=key,
        ImportToken=given["ImportToken"],
        EncryptedKeyMaterial=public.encrypt(material, oaep),
        ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE",
    )
    return key


def test_no_file_shows_a_key_or_a_plaintext(keys: Any) -> None:
    kms = keys.account.client("kms")
    material, mac_material, plaintext = os.urandom(32), os.urandom(32), os.urandom(48)
    key = imported(kms, material)
    mac_key = imported(kms, mac_material, KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
    ciphertext = kms.encrypt(KeyId=key, Plaintext=plaintext, EncryptionContext={"a": "b"})["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=ciphertext, EncryptionContext={"a": "b"})["Plaintext"] == plaintext
    data_key = kms.generate_data_key(KeyId=key, KeySpec="AES_256")["Plaintext"]
    pair = kms.generate_data_key_pair(KeyId=key, KeyPairSpec="ECC_NIST_P256")["PrivateKeyPlaintext"]
    random = kms.generate_random(NumberOfBytes=64)["Plaintext"]
    message = os.urandom(64)
    mac = kms.generate_mac(KeyId=mac_key, MacAlgorithm="HMAC_SHA_256", Message=message)["Mac"]
    assert kms.verify_mac(KeyId=mac_key, MacAlgorithm="HMAC_SHA_256", Message=message, Mac=mac)["MacValid"]
    root_key = base64.b64decode((keys.account.home / "root.key").read_text().split()[0])
    keys.account.wait_until_recorded()
    assert (
        showing(keys.account.home, [material, mac_material, plaintext, data_key, pair, random, message, mac]) == set()
    )
    assert showing(keys.account.home, [root_key]) == {"root.key"}
