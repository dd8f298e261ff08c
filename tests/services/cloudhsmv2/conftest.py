"""An account whose HSMs are tokens of SoftHSM, made in its home."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from garrison.testing import Account
from garrison.testing.plugin import _account

SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "kmsuser-secret"


@pytest.fixture(scope="module")
def hsm_account(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    if not Path(SOFTHSM).exists():
        pytest.skip("softhsm2 is not installed")
    pin = tmp_path_factory.mktemp("pin") / "pin"
    pin.write_text(PIN)
    pin.chmod(0o600)
    with _account(pytestconfig, cloudhsm={"module": SOFTHSM, "softhsm": True, "pin_file": str(pin)}) as account:
        yield account
