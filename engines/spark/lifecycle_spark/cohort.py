"""The cohort LTV batch: freeze what has closed, then write every row that is due.

A row comes from the row before it, the month's slice of orders and a small state of each member; a run reads
the folders of the months that it needs. See `queries/lake` for what each statement computes.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from pyspark.sql import DataFrame, SparkSession

from .calendar import BEGINNING, folders, months_before
from .lake import Lake, LakeError
from .relations import Schema, define, define_rows, keep_rows, run
from .runs import Run, Runs
from .settings import Settings

FIRST_ORDERS: Schema = {
    "user_id": "BIGINT",
    "order_id": "BIGINT",
    "created_at": "TIMESTAMP_NTZ",
    "activity_id": "BIGINT",
}
FROZEN: Schema = {"activity_id": "BIGINT"}
MEMBERS: Schema = {
    "activity_id": "BIGINT",
    "user_id": "BIGINT",
    "first_order_id": "BIGINT",
    "first_order_at": "TIMESTAMP_NTZ",
}
STATES: Schema = {"activity_id": "BIGINT", "user_id": "BIGINT", "first_offset": "INTEGER", "repeat_offset": "INTEGER"}
ROWS: Schema = {
    "activity_id": "BIGINT",
    "month_offset": "INTEGER",
    "collected_at": "TIMESTAMP_NTZ",
    "cohort_start_date": "DATE",
    "cohort_size": "BIGINT",
    "avg_cac": "DECIMAL(18, 2)",
    "ltv_cumulative": "DECIMAL(18, 2)",
    "ltv_cac_ratio": "DOUBLE",
    "cumulative_profit": "DECIMAL(18, 2)",
    "is_break_even": "BOOLEAN",
    "monthly_revenue": "DECIMAL(18, 2)",
    "monthly_orders": "BIGINT",
    "active_users": "BIGINT",
    "repeat_purchase_rate": "DOUBLE",
    "avg_purchase_frequency": "DOUBLE",
    "avg_order_value": "DECIMAL(18, 2)",
    "cumulative_orders": "BIGINT",
    "repeat_customers": "BIGINT",
    "slice_hash": "BIGINT",
}
WINDOWS: Schema = {
    "activity_id": "BIGINT",
    "channel": "STRING",
    "cohort": "STRING",
    "start_at": "TIMESTAMP_NTZ",
    "window_end": "TIMESTAMP_NTZ",
}
MONTHS: Schema = {
    "activity_id": "BIGINT",
    "month_offset": "INTEGER",
    "start_at": "TIMESTAMP_NTZ",
    "month_start": "TIMESTAMP_NTZ",
    "month_end": "TIMESTAMP_NTZ",
    "cohort_size": "BIGINT",
    "from_offset": "INTEGER",
}
STALE: Schema = {"activity_id": "BIGINT", "from_offset": "INTEGER"}


@dataclass(frozen=True)
class Options:
    """What a run does besides."""

    full: bool = False
    lookback: int = 0


def run_batch(lake: Lake, runs: Runs, as_of: datetime, settings: Settings, options: Options) -> Run:
    """Freezes the cohorts whose window has closed and writes every row that is due as of an instant.

    `full` begins from nothing; `lookback` first checks the last so many written months of each activity for late
    facts, and restates from the first month that holds some.
    """
    if runs.last and as_of < runs.last.as_of and not options.full:
        raise LakeError(
            f"the batch has already run as of {runs.last.as_of}; {as_of} lies before it",
            "give a later --as-of, or begin from nothing with --full",
        )
    batch = Batch(lake.spark, runs, as_of, settings, [] if options.full else runs.valid)
    lake.define_orders()
    lake.define_activities()
    return batch.run(options)


@dataclass
class Batch:
    """A run that is being made. `before` are the runs that it goes on from."""

    spark: SparkSession
    runs: Runs
    as_of: datetime
    settings: Settings
    before: list[Run]

    def run(self, options: Options) -> Run:
        """Makes the run and commits it."""
        spark = self.spark
        with ExitStack() as kept:
            define(spark, "frozen_cohorts", self.runs.read("frozen", FROZEN, self.before))
            define(spark, "members", self.runs.read("members", MEMBERS, self.before))
            define(spark, "states", self.runs.read("states", STATES, self.before))
            define(spark, "rows_of_runs", self.runs.read("rows", ROWS, self.before))
            define(spark, "written_rows", run(spark, "written_rows"))
            checked, stale = self.look_back(options.lookback, kept)
            windows = keep_rows(spark, "closed_windows", WINDOWS, run(spark, "closed_windows", as_of=self.as_of))
            known_from, known_before = self.learn_first_orders(windows, options.lookback)
            members = self.freeze(windows)
            define_rows(spark, "stale_activities", STALE, stale)
            due = self.take_due_months(kept)
            states = run(spark, "changed_states")
            rows = run(
                spark, "cohort_rows", as_of=self.as_of, gross_margin=self.settings.gross_margin
            )
            self.runs.write("states", states, STATES)
            self.runs.write("rows", rows, ROWS, files=1)
            run_id = self.runs.next_id
            done = Run(
                run_id,
                self.as_of,
                self.before[0].base_run if self.before else run_id,
                known_from,
                known_before,
                {
                    "frozen": len(windows),
                    "members": members,
                    "activities": len({row["activity_id"] for row in due}),
                    "rows": len(due),
                    "checked": checked,
                    "stale_activities": len(stale),
                },
            )
            self.runs.commit(done)
        return done

    def learn_first_orders(self, windows: list, lookback: int) -> tuple[datetime, datetime]:
        """Learns who ordered first in the slice of orders that no run has seen, and defines `first_orders`.

        A look back learns the slice's last months again: an order that came late, or was refunded, may have been a first.
        """
        known_before = self.before[-1].known_before if self.before else BEGINNING
        acquired = [row["window_end"] for row in windows if row["cohort"] == "acquired"]
        until = max([known_before, *acquired])
        known_from = known_before
        if lookback and until > known_before:
            known_from = months_before(known_before, lookback)
        known = self.known_first_orders(known_from)
        define(self.spark, "known_first_orders", known)
        if until > known_before:
            learned = run(
                self.spark, "new_first_orders", known_before=known_from, before=until, **folders(known_from, until)
            )
        else:
            learned = known.where("1 = 0")
        new = self.runs.write("first_orders", learned, FIRST_ORDERS)
        define(self.spark, "first_orders", known.select(*FIRST_ORDERS).unionAll(new))
        return known_from, until

    def known_first_orders(self, before: datetime) -> DataFrame:
        """The first orders that earlier runs learned before an instant; a later run's slice replaces what it covers."""
        frame = self.runs.read("first_orders", FIRST_ORDERS, self.before)
        bound = before
        for earlier in reversed(self.before):
            if bound < earlier.known_before:
                instant = bound.isoformat(sep=" ", timespec="microseconds")
                frame = frame.where(
                    f"run <> {earlier.run_id} OR created_at < CAST('{instant}' AS TIMESTAMP_NTZ)"
                )
            bound = min(bound, earlier.known_from)
        return frame

    def freeze(self, windows: list) -> int:
        """Writes whom the closed windows hold and defines `members` with them; returns how many."""
        spark = self.spark
        frozen_before = spark.table("members").select(*MEMBERS)
        found = self.new_members(windows)
        new = self.runs.write("members", found, MEMBERS)
        self.runs.write("frozen", spark.table("closed_windows").select(*FROZEN), FROZEN, files=1)
        define(spark, "members", frozen_before.unionAll(new))
        return new.count() if windows else 0

    def new_members(self, windows: list) -> DataFrame:
        """Whom the closed windows hold."""
        spark = self.spark
        touched = [row for row in windows if row["cohort"] == "touched"]
        found = run(spark, "acquired_members").unionAll(run(spark, "members_of_lists"))
        if touched:
            start, end = min(row["start_at"] for row in touched), max(row["window_end"] for row in touched)
            slice_of = {"slice_start": start, "slice_end": end, **folders(start, end)}
            found = found.unionAll(run(spark, "touched_members", **slice_of))
        return found

    def look_back(self, lookback: int, kept: ExitStack) -> tuple[int, list]:
        """Checks the last written months for late facts; returns how many, and the stale activities."""
        spark = self.spark
        if not lookback:
            return 0, []
        months = keep_rows(spark, "due_months", MONTHS, run(spark, "checked_months", lookback=lookback))
        self.define_slices(months, kept)
        return len(months), run(spark, "stale_activities").select(*STALE).collect()

    def take_due_months(self, kept: ExitStack) -> list:
        """Reads what the members bought in the months to write, and what that makes of their state."""
        spark = self.spark
        due = run(spark, "due_months", as_of=self.as_of, months=self.settings.cohort_months)
        months = keep_rows(spark, "due_months", MONTHS, due)
        self.define_slices(months, kept)
        define(spark, "known_states", run(spark, "known_states"))
        keep(define(spark, "member_states", run(spark, "member_states")), kept)
        return months

    def define_slices(self, months: list, kept: ExitStack) -> None:
        """Defines `member_slices` for the months that are due."""
        start = min((row["month_start"] for row in months), default=BEGINNING)
        end = max((row["month_end"] for row in months), default=BEGINNING)
        slices = run(self.spark, "member_slices", slice_start=start, slice_end=end, **folders(start, end))
        keep(define(self.spark, "member_slices", slices), kept)


def keep(frame: DataFrame, kept: ExitStack) -> None:
    """Keeps what is computed until the stack closes, as it is read more than once."""
    frame.persist()
    kept.callback(frame.unpersist)
