"""Moto's server, which stands in for another S3-compatible store."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

KEY = {"AWS_ACCESS_KEY_ID": "archive", "AWS_SECRET_ACCESS_KEY": "secret"}


class Moto:
    """A server that can be stopped and started again at the same place; what it holds is gone then."""

    def __init__(self) -> None:
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.endpoint = f"http://127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [str(Path(sys.executable).with_name("moto_server")), "-p", str(self._port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with suppress(OSError):
                urlopen(f"{self.endpoint}/moto-api/", timeout=1).close()
                return
            time.sleep(0.1)
        raise TimeoutError("moto's server does not answer")

    def close(self) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.wait()

    def s3(self) -> Any:
        """A client of its S3."""
        import boto3

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=KEY["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=KEY["AWS_SECRET_ACCESS_KEY"],
        )

    def settings(self, folder: Path) -> dict[str, str]:
        """What makes an account write its archive here; the key is in a file of the folder."""
        credentials = folder / "archive-credentials"
        lines = ["[default]", *(f"{name.lower()} = {value}" for name, value in KEY.items())]
        credentials.write_text("\n".join(lines) + "\n")
        os.chmod(credentials, 0o600)
        return {"archive_endpoint": self.endpoint, "archive_credentials": str(credentials)}
