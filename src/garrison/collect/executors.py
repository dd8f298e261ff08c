"""Who does the work of a collection: threads of this process, or the workers of a Dask cluster.

A worker of the cluster needs Garrison installed, reaches the accounts itself, and uses the credentials of its own machine. Dask's
scheduler runs whatever its clients send: it must be reachable by those alone who may do that (TLS, `tls://…`).
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from garrison.errors import OperatorError

CONNECT_SECONDS = 10


@contextmanager
def executor_at(address: str, workers: int) -> Iterator[Executor]:
    """The workers of the Dask scheduler at an address (`tcp://host:8786`), or so many threads where it is empty.

    Raises `OperatorError` where there is no scheduler, or `distributed` is not installed.
    """
    if not address:
        with ThreadPoolExecutor(workers) as threads:
            yield threads
        return
    try:
        make_client: Any = import_module("distributed").Client
    except ImportError:
        raise OperatorError("Dask is not installed.", "Install it: pip install 'garrison[dask]'.") from None
    try:
        client = make_client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise OperatorError(
            f"There is no Dask scheduler at {address}: {error}.", "Start one, or leave dask_scheduler empty."
        ) from None
    with client:
        yield client.get_executor()
