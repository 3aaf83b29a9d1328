"""The engine that the tests run on.

`LIFECYCLE_SPARK_REMOTE` names a Spark Connect server, `LIFECYCLE_SPARK_MASTER` a master; without them Sail is started if
it is installed (in a process of its own: inside this one it can keep it from ending), else Spark itself.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

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
    sail = Path(sys.executable).with_name("sail")
    if not sail.exists():
        yield ["--master", "local[2]"]
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sail, "spark", "server", "--ip", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(600):
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert server.poll() is None, "Sail did not start"
            time.sleep(0.1)
        yield ["--remote", f"sc://127.0.0.1:{port}"]
    finally:
        # A session that finds its server gone asks for it again and again before it lets the process end.
        if session := SparkSession.getActiveSession():
            session.stop()
        server.kill()
        server.wait()
