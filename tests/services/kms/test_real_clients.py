"""Clients that nobody here wrote: AWS's encryption SDK with master keys, caches and multi-keyrings, and the `aws` CLI."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_encryption_sdk import (
    CachingCryptoMaterialsManager,
    CommitmentPolicy,
    EncryptionSDKClient,
    LocalCryptoMaterialsCache,
    StrictAwsKmsMasterKeyProvider,
)

CONTEXT = {"purpose": "tests"}
PLAINTEXT = b"what the SDK protects " * 500


@pytest.fixture
def sdk(keys: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[EncryptionSDKClient]:
    """The encryption SDK, whose own clients find the account by the environment."""
    for name, value in keys.account.administrator.environment().items():
        monkeypatch.setenv(name, value)
    return EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)


def test_the_encryption_sdk_encrypts_under_several_keys_and_any_of_them_decrypts(keys: Any, sdk: Any) -> None:
    first, second = keys.shared(), keys.new()
    provider = StrictAwsKmsMasterKeyProvider(key_ids=[first, second])
    sealed, header = sdk.encrypt(source=PLAINTEXT, key_provider=provider, encryption_context=CONTEXT)
    assert len(header.encrypted_data_keys) == 2
    for key in (first, second):
        opened, _ = sdk.decrypt(source=sealed, key_provider=StrictAwsKmsMasterKeyProvider(key_ids=[key]))
        assert opened == PLAINTEXT


def test_its_cache_spares_calls(keys: Any, sdk: Any) -> None:
    provider, since = StrictAwsKmsMasterKeyProvider(key_ids=[keys.shared()]), keys.account.position()
    cached = CachingCryptoMaterialsManager(
        master_key_provider=provider, cache=LocalCryptoMaterialsCache(10), max_age=600.0, max_messages_encrypted=10
    )
    for _ in range(3):
        sealed, _ = sdk.encrypt(source=PLAINTEXT, materials_manager=cached, encryption_context=CONTEXT)
        assert sdk.decrypt(source=sealed, materials_manager=cached)[0] == PLAINTEXT
    assert len(keys.account.events("GenerateDataKey", since=since)) == 1
    decrypted = keys.account.events("Decrypt", since=since)
    assert len(decrypted) == 1
    assert decrypted[0]["requestParameters"]["encryptionContext"]["purpose"] == "tests"


def test_multi_keyrings(keys: Any, sdk: Any) -> None:
    from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
    from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
    from aws_cryptographic_material_providers.mpl.models import CreateAwsKmsKeyringInput, CreateMultiKeyringInput

    providers = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())

    def keyring(key: str) -> Any:
        return providers.create_aws_kms_keyring(CreateAwsKmsKeyringInput(kms_key_id=key, kms_client=keys.kms))

    first, second = keyring(keys.shared()), keyring(keys.new())
    both = providers.create_multi_keyring(CreateMultiKeyringInput(generator=first, child_keyrings=[second]))
    sealed, _ = sdk.encrypt(source=PLAINTEXT, keyring=both, encryption_context=CONTEXT)
    for each in (first, second, both):
        assert sdk.decrypt(source=sealed, keyring=each)[0] == PLAINTEXT


def test_the_cli_encrypts_and_decrypts_files(keys: Any, tmp_path: Path) -> None:
    secret, sealed = tmp_path / "secret", tmp_path / "sealed"
    secret.write_bytes(b"\x00binary\xff")

    def aws(*arguments: str) -> Any:
        command = [sys.executable, "-m", "awscli", "kms", *arguments, "--output", "json"]
        environment = dict(os.environ) | keys.account.administrator.environment()
        return json.loads(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)

    made = aws("encrypt", "--key-id", keys.shared(), "--plaintext", f"fileb://{secret}", "--encryption-context", "a=b")
    sealed.write_bytes(base64.b64decode(made["CiphertextBlob"]))
    opened = aws("decrypt", "--ciphertext-blob", f"fileb://{sealed}", "--encryption-context", "a=b")
    assert base64.b64decode(opened["Plaintext"]) == secret.read_bytes()
