"""What the job writes: append-only Parquet by run. A run is valid when its commit row is there, which comes last.

    out/cohort/rows/run-3/part-....parquet      what run 3 found
    out/cohort/runs/run-3/part-....parquet      its commit row

A run that was killed leaves folders without a commit row: nobody reads them, and the next run, which gets the same
number, writes over them. There is one writer at a time.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pyspark.sql import DataFrame, SparkSession

from .lake import LakeError, read_if_there
from .relations import Schema, define_rows, nothing

COMMIT: Schema = {
    "run_id": "BIGINT",
    "as_of": "TIMESTAMP_NTZ",
    "base_run": "BIGINT",
    "known_from": "TIMESTAMP_NTZ",
    "known_before": "TIMESTAMP_NTZ",
    "counts": "STRING",
}
# Beside what a run found: its number. In the files, as engines differ in what they make of folders' names.
RUN: Schema = {"run": "INTEGER"}


@dataclass(frozen=True)
class Run:
    """A committed run."""

    run_id: int
    as_of: datetime
    # The first run that still counts: the last one that began from nothing.
    base_run: int
    # The span of orders whose first orders this run learned; none in a run of the grades.
    known_from: datetime | None = None
    known_before: datetime | None = None
    counts: dict[str, int] = field(default_factory=dict)


class Runs:
    """The runs of one kind: `cohort` or `grades`."""

    def __init__(self, spark: SparkSession, out: str, kind: str) -> None:
        self.spark = spark
        self.root = f"{out.rstrip('/')}/{kind}"
        self.committed = self._read_committed()

    def _read_committed(self) -> list[Run]:
        columns = ", ".join(f"{name} {kind}" for name, kind in COMMIT.items())
        # The folders by a pattern: Spark does not look into those that are no partitions.
        frame = read_if_there(self.spark, f"{self.root}/runs/run-*", columns)
        rows = [] if frame is None else frame.select(*COMMIT).collect()
        runs = [Run(**(row.asDict() | {"counts": json.loads(row["counts"])})) for row in rows]
        return sorted(runs, key=lambda run: run.run_id)

    @property
    def last(self) -> Run | None:
        """The latest committed run."""
        return self.committed[-1] if self.committed else None

    @property
    def next_id(self) -> int:
        """The number of the run to come."""
        return self.last.run_id + 1 if self.last else 1

    @property
    def valid(self) -> list[Run]:
        """The committed runs whose results count."""
        return [run for run in self.committed if self.last and run.run_id >= self.last.base_run]

    def read(self, name: str, schema: Schema, runs: Sequence[Run]) -> DataFrame:
        """What committed runs found, with the number of each row's run."""
        if not runs:
            return nothing(self.spark, schema | RUN)
        return self._files(schema, [self._place(name, run.run_id) for run in runs])

    def write(self, name: str, frame: DataFrame, schema: Schema, files: int | None = None) -> DataFrame:
        """Writes what the run to come found, in place of what a killed one left there."""
        typed = (f"CAST({column} AS {kind}) AS {column}" for column, kind in schema.items())
        frame = frame.selectExpr(*typed, f"CAST({self.next_id} AS INTEGER) AS run")
        if files:
            frame = frame.coalesce(files)
        place = self._place(name, self.next_id)
        frame.write.mode("overwrite").parquet(place)
        return self._files(schema, [place]).select(*schema)

    def _files(self, schema: Schema, places: list[str]) -> DataFrame:
        columns = ", ".join(f"{column} {kind}" for column, kind in (schema | RUN).items())
        return self.spark.read.schema(columns).parquet(*places)

    def commit(self, run: Run) -> None:
        """Writes the commit row. From then on the run is there."""
        found = self._read_committed()
        if found and found[-1].run_id >= run.run_id:
            raise LakeError(f"another writer has committed run {run.run_id} of {self.root} meanwhile", "run again")
        row = (run.run_id, run.as_of, run.base_run, run.known_from, run.known_before, json.dumps(run.counts))
        define_rows(self.spark, "commit_row", COMMIT, [row])
        self.write("runs", self.spark.table("commit_row"), COMMIT, files=1)
        self.committed = [*found, run]

    def _place(self, name: str, run_id: int) -> str:
        return f"{self.root}/{name}/run-{run_id}"

    @contextmanager
    def one_writer(self, remote: bool):
        """Keeps a second writer out where the store can: by a lock file on a local disk.

        Elsewhere nothing does, and whoever starts two jobs at once has to see to it.
        """
        folder = None if remote else local_folder(self.root)
        if folder is None:
            yield
            return
        lock = folder / "_lock"
        folder.mkdir(parents=True, exist_ok=True)
        _take(lock)
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)


def local_folder(url: str) -> Path | None:
    """The folder of a URL on a disk of this machine."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return Path(unquote(parts.path))
    return Path(url) if not parts.scheme else None


def _take(lock: Path) -> None:
    """Makes the lock file, or takes over that of a process which is gone."""
    mine = json.dumps({"host": socket.gethostname(), "process": os.getpid()})
    for _ in range(2):
        try:
            with lock.open("x", encoding="utf-8") as file:
                file.write(mine)
            return
        except FileExistsError:
            if not _is_left_over(lock):
                break
            lock.unlink(missing_ok=True)
    raise LakeError(f"another job is writing: {lock} is there", "wait for it to end; if none is running, remove the file")


def _is_left_over(lock: Path) -> bool:
    try:
        holder = json.loads(lock.read_text(encoding="utf-8"))
        if holder["host"] != socket.gethostname():
            return False
        os.kill(holder["process"], 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError, KeyError):
        # Made, but not yet written, or by somebody else.
        return False
    return False
