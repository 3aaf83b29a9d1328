"""The engine that the tests run on.

`LIFECYCLE_SPARK_REMOTE` names a Spark Connect server, `LIFECYCLE_SPARK_MASTER` a master; without them Sail runs in
this process if it is installed, else Spark itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]


@pytest.fixture(scope="session")
def connection() -> Iterator[list[str]]:
    """How the job reaches the engine, as its arguments."""
    if remote := os.environ.get("LIFECYCLE_SPARK_REMOTE"):
        yield ["--remote", remote]
        return
    if master := os.environ.get("LIFECYCLE_SPARK_MASTER"):
        yield ["--master", master]
        return
    try:
        from pysail.spark import SparkConnectServer
    except ImportError:
        yield ["--master", "local[2]"]
        return
    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    host, port = server.listening_address
    yield ["--remote", f"sc://{host}:{port}"]
    server.stop()
