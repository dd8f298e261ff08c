"""Encrypt, Decrypt, GenerateDataKey and Sign a second through the API, one worker, beside moto_server in the same run.

Garrison verifies each call, decides it by the caller's policies and the key's, and makes its audit record durable before it
answers; moto_server does none of the three. RSA-2048 signing is set against a bare loop over the same library in this process,
P-256 signing against GetCallerIdentity on the same server. A second Garrison keeps its keys in a token of SoftHSM, where that is
installed. The client is Debian's `wrk` with one signed request each; the
servers take turns, the medians of the rounds are compared.

    python benchmarks/kms.py [--seconds 4] [--rounds 3] [--fsync always|interval|never]
"""

from __future__ import annotations

import argparse
import base64
import json
import secrets
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from signed_calls import CALLS, Server, become_a_user, call, free_port, start_garrison, start_peer, wrk

MOTO_TARGET = 10.0
"""The least ratio to moto_server that the project asks of itself, for each of the three calls."""
RSA_TARGET = 0.5
"""Of the bare loop's signatures."""
CURVE_TARGET = 0.7
"""Of GetCallerIdentity's rate."""
PLAINTEXT = base64.b64encode(b"k" * 32).decode()
CONTEXT = {"purpose": "benchmark"}
WHO = "GetCallerIdentity"
SHARED = ("Encrypt", "Decrypt", "GenerateDataKey")
RSA, CURVE = "RSA-2048 Sign", "P-256 Sign"
SOFTHSM = "Garrison with SoftHSM"
SOFTHSM_MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")


@dataclass(frozen=True)
class Asked:
    """One request to repeat."""

    service: str
    body: str
    target: str = ""


def kms(server: Server, operation: str, **parameters: Any) -> dict[str, Any]:
    asked = ask(operation, **parameters)
    answer: dict[str, Any] = json.loads(call(server, asked.service, asked.body, asked.target))
    return answer


def ask(operation: str, **parameters: Any) -> Asked:
    return Asked("kms", json.dumps(parameters), f"TrentService.{operation}")


def shared_calls(server: Server) -> dict[str, Asked]:
    """What both servers are asked, with a key of each one's own."""
    key = kms(server, "CreateKey")["KeyMetadata"]["Arn"]
    made = kms(server, "Encrypt", KeyId=key, Plaintext=PLAINTEXT, EncryptionContext=CONTEXT)
    return {
        "Encrypt": ask("Encrypt", KeyId=key, Plaintext=PLAINTEXT, EncryptionContext=CONTEXT),
        "Decrypt": ask("Decrypt", CiphertextBlob=made["CiphertextBlob"], EncryptionContext=CONTEXT),
        "GenerateDataKey": ask("GenerateDataKey", KeyId=key, KeySpec="AES_256", EncryptionContext=CONTEXT),
    }


def signing_call(server: Server, spec: str, algorithm: str) -> Asked:
    key = kms(server, "CreateKey", KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    return ask("Sign", KeyId=key, Message=PLAINTEXT, SigningAlgorithm=algorithm)


def start_with_softhsm(folder: Path, fsync: str) -> Server:
    """A server whose keys lie in a token of SoftHSM."""
    home, pin = folder / "softhsm", folder / "pin"
    pin.write_text(secrets.token_hex(8))
    pin.chmod(0o600)
    home.mkdir(mode=0o700)
    table = {"kind": "pkcs11", "module": str(SOFTHSM_MODULE), "token": "kms", "pin_file": str(pin)}
    lines = [
        'account_id = "111122223333"',
        "[key_store]",
        *(f"{name} = {json.dumps(value)}" for name, value in table.items()),
    ]
    (home / "garrison.toml").write_text("\n".join([*lines, "softhsm = true", ""]))
    return replace(start_garrison(home, fsync), name=SOFTHSM)


def bare_loop(seconds: float) -> float:
    """RSA-2048 signatures a second by the library alone, in one thread."""
    key, message, padded, digest = rsa.generate_private_key(65537, 2048), b"k" * 32, padding.PKCS1v15(), SHA256()
    done, began = 0, time.perf_counter()
    while (passed := time.perf_counter() - began) < seconds:
        key.sign(message, padded, digest)
        done += 1
    return done / passed


def report(name: str, rate: float, beside: str, other: float, asked: float) -> None:
    print(f"{name}: {rate:,.0f}/s, {beside} {other:,.0f}/s: {rate / other:.2f} times (asked: {asked})")


def measure(options: argparse.Namespace, folder: Path, servers: list[Server]) -> None:
    calls = {server.name: shared_calls(server) for server in servers}
    for server in servers:
        if server.process is None:
            calls[server.name] |= {
                RSA: signing_call(server, "RSA_2048", "RSASSA_PKCS1_V1_5_SHA_256"),
                CURVE: signing_call(server, "ECC_NIST_P256", "ECDSA_SHA_256"),
            }
    calls["Garrison"][WHO] = Asked(*CALLS[WHO])
    rates: dict[tuple[str, str], list[float]] = {}

    def note(server: str, name: str, measured: Callable[[], float]) -> None:
        rates.setdefault((server, name), []).append(measured())

    for _ in range(options.rounds):
        for server in servers:
            for name, asked in calls[server.name].items():
                note(
                    server.name,
                    name,
                    lambda server=server, asked=asked: wrk(  # type: ignore[misc]
                        server, asked.service, asked.body, options.seconds, folder, asked.target
                    ),
                )
        note("bare loop", RSA, lambda: bare_loop(options.seconds))
    median = {place: statistics.median(found) for place, found in rates.items()}
    for name in SHARED:
        report(name, median["Garrison", name], "moto_server", median["moto_server", name], MOTO_TARGET)
    report(RSA, median["Garrison", RSA], "a bare loop", median["bare loop", RSA], RSA_TARGET)
    report(CURVE, median["Garrison", CURVE], WHO, median["Garrison", WHO], CURVE_TARGET)
    beside = [f"{name} {rate:,.0f}/s" for (server, name), rate in median.items() if server == SOFTHSM]
    print(f"{SOFTHSM}: " + (", ".join(beside) or "softhsm2 is not installed"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--fsync", default="always")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing: apt-get install wrk")
    folder, moto_port = Path(tempfile.mkdtemp(prefix="garrison-bench-")), free_port()
    command = [str(Path(sys.executable).parent / "moto_server"), "-p", str(moto_port)]
    servers = [start_peer("moto_server", command, {}, moto_port)]
    try:
        servers.append(start_garrison(folder / "home", options.fsync))
        if SOFTHSM_MODULE.exists():
            servers.append(start_with_softhsm(folder, options.fsync))
        for server in servers:
            if server.process is None:
                become_a_user(server, "kms:*")
        measure(options, folder, servers)
    finally:
        for home in ("home", "softhsm"):
            down = [sys.executable, "-m", "garrison", "down", "--home", str(folder / home), "--json"]
            subprocess.run(down, stdout=subprocess.DEVNULL, check=False)
        for server in servers:
            if server.process:
                server.process.send_signal(signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
