"""Verification: everything recomputed from the orders in the lake, and compared with what the runs wrote."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

from pyspark.sql import Row

from .calendar import BEGINNING, folders
from .cohort import FIRST_ORDERS, FROZEN, MEMBERS, MONTHS, ROWS, STALE, STATES, WINDOWS, Batch
from .lake import Lake, LakeError
from .relations import define, define_rows, keep_rows, run
from .runs import Runs
from .settings import Settings


@dataclass(frozen=True)
class Verification:
    """What was compared and the keys that differ."""

    rows: int
    members: int
    differing_rows: list[Row]
    differing_members: list[Row]

    @property
    def is_clean(self) -> bool:
        """Whether nothing differs."""
        return not (self.differing_rows or self.differing_members)


def verify(lake: Lake, runs: Runs, settings: Settings) -> Verification:
    """Recomputes the frozen cohorts' members, and the written rows over the members as they were frozen."""
    if not runs.last:
        raise LakeError(f"nothing has been computed yet: {runs.root} holds no run", "`cohort` makes one")
    spark, as_of = lake.spark, runs.last.as_of
    lake.define_orders()
    lake.define_activities()
    batch = Batch(spark, runs, as_of, settings, runs.valid)
    define(spark, "states", runs.read("states", STATES, runs.valid))
    define(spark, "rows_of_runs", runs.read("rows", ROWS, runs.valid))
    frozen = {row["activity_id"] for row in runs.read("frozen", FROZEN, runs.valid).collect()}
    with ExitStack() as kept:
        differing_members = _verify_members(batch, frozen)
        written = define(spark, "written_rows", run(spark, "written_rows"))
        last = {row["activity_id"]: row["last"] for row in spark.sql(
            "SELECT activity_id, max(month_offset) AS last FROM written_rows GROUP BY activity_id"
        ).collect()}
        # From the first month on, and no further than what is written.
        define_rows(spark, "stale_activities", STALE, [(activity, 0) for activity in last])
        due = run(spark, "due_months", as_of=as_of, months=max([settings.cohort_months, *(n + 1 for n in last.values())]))
        months = [row for row in due.select(*MONTHS).collect() if row["month_offset"] <= last.get(row["activity_id"], -1)]
        define_rows(spark, "due_months", MONTHS, months)
        batch.define_slices(months, kept)
        define(spark, "known_states", run(spark, "known_states"))
        define(spark, "member_states", run(spark, "member_states"))
        expected = run(spark, "cohort_rows", as_of=as_of, gross_margin=settings.gross_margin)
        define(spark, "expected_rows", expected)
        states = run(spark, "changed_states").selectExpr("activity_id", "user_id", "'state' AS differs")
        differing_members += states.orderBy("activity_id", "user_id").collect()
        differing_rows = run(spark, "row_differences").collect()
        return Verification(written.count(), spark.table("members").count(), differing_rows, differing_members)


def _verify_members(batch: Batch, frozen: set[int]) -> list[Row]:
    """Derives the members of the frozen cohorts again, from all orders."""
    spark = batch.spark
    define_rows(spark, "frozen_cohorts", FROZEN, [])
    define_rows(spark, "members", MEMBERS, [])
    define_rows(spark, "written_rows", ROWS, [])
    closed = run(spark, "closed_windows", as_of=batch.as_of).select(*WINDOWS).collect()
    windows = [row for row in closed if row["activity_id"] in frozen]
    define_rows(spark, "closed_windows", WINDOWS, windows)
    define_rows(spark, "known_first_orders", FIRST_ORDERS, [])
    until = max((row["window_end"] for row in windows), default=BEGINNING)
    learned = run(spark, "new_first_orders", known_before=BEGINNING, before=until, **folders(BEGINNING, until))
    define(spark, "first_orders", learned)
    define(spark, "expected_members", batch.new_members(windows))
    define(spark, "members", batch.runs.read("members", MEMBERS, batch.before).select(*MEMBERS))
    return run(spark, "member_differences").collect()
