"""What each use of a software key costs beside the bare library doing the same: key derivation, context and checks are the difference.

    python benchmarks/key_uses.py [ROUNDS]

Each figure is processor time, the best of many short rounds, both sides in turn. The peer of encryption is AES-GCM by one key with a random nonce, which is
good for 2^32 messages only.
"""

from __future__ import annotations

import hmac
import os
import sys
import time
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key

from garrison.crypto import SPECS
from garrison.crypto.blobs import KeyPlace, seal, unseal
from garrison.crypto.software import SoftwareKeyStore

PLACE = KeyPlace("123456789012", "us-east-1", "1234abcd-12ab-34cd-56ef-1234567890ab", 0)
CONTEXT = {"purpose": "payroll", "aws:s3:arn": "arn:aws:s3:::bucket"}
SECONDS = 0.01
"""How long a round of the bare side takes."""
STORE = SoftwareKeyStore()

Work = Callable[[], object]


def seconds_each(work: Work, count: int) -> float:
    """How long one piece of work takes, over many."""
    begin = time.process_time()
    for _ in range(count):
        work()
    return (time.process_time() - begin) / count


def symmetric(size: int) -> list[tuple[str, Work, Work]]:
    """Encrypt and Decrypt of a plaintext."""
    spec = SPECS["SYMMETRIC_DEFAULT"]
    key, bare, plain = STORE.open(spec, STORE.generate(spec).kept), AESGCM(os.urandom(32)), os.urandom(size)
    blob, nonce, aad = seal(key, PLACE, plain, CONTEXT), os.urandom(12), os.urandom(100)
    sealed = bare.encrypt(nonce, plain, aad)
    return [
        (
            f"encrypt {size} bytes",
            lambda: seal(key, PLACE, plain, CONTEXT),
            lambda: bare.encrypt(os.urandom(12), plain, aad),
        ),
        (f"decrypt {size} bytes", lambda: unseal(key, blob, CONTEXT), lambda: bare.decrypt(nonce, sealed, aad)),
    ]


def signing(name: str, algorithm: str) -> tuple[str, Work, Work]:
    """Sign of a short message."""
    spec = SPECS[name]
    kept, message = STORE.generate(spec).kept, b"message"
    key, bare = STORE.open(spec, kept), load_der_private_key(kept, None)
    work: Work
    if isinstance(bare, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(SHA256()), padding.PSS.DIGEST_LENGTH)
        work = lambda: bare.sign(message, pss, SHA256())  # noqa: E731
    elif isinstance(bare, ec.EllipticCurvePrivateKey):
        work = lambda: bare.sign(message, ec.ECDSA(SHA256()))  # noqa: E731
    else:
        assert isinstance(bare, ed25519.Ed25519PrivateKey)
        work = lambda: bare.sign(message)  # noqa: E731
    return f"sign {name}", lambda: key.sign(message, algorithm, is_digest=False), work


def mac() -> tuple[str, Work, Work]:
    """GenerateMac of a short message."""
    spec, material = SPECS["HMAC_256"], os.urandom(32)
    key = STORE.open(spec, material)
    return (
        "mac HMAC_256",
        lambda: key.mac(b"message", "HMAC_SHA_256"),
        lambda: hmac.digest(material, b"message", "sha256"),
    )


def main() -> None:
    """Print what each side takes and the ratio."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    works = [
        *symmetric(32),
        *symmetric(4096),
        signing("RSA_2048", "RSASSA_PSS_SHA_256"),
        signing("ECC_NIST_P256", "ECDSA_SHA_256"),
        signing("ECC_NIST_EDWARDS25519", "ED25519_SHA_512"),
        mac(),
    ]
    print(f"{'':32}{'garrison.crypto':>16}{'bare library':>16}{'rate of bare':>14}")
    for name, ours, bare in works:
        count = max(3, int(SECONDS / seconds_each(bare, 3)))
        best = [
            min(each)
            for each in zip(*((seconds_each(w, count) for w in (ours, bare)) for _ in range(rounds)), strict=True)
        ]
        print(f"{name:32}{best[0] * 1e6:13.1f} µs{best[1] * 1e6:13.1f} µs{best[1] / best[0]:13.0%}")


if __name__ == "__main__":
    main()
