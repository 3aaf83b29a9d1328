"""The grade update: every customer who signed up before an instant, by the orders of the window before it."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime, timedelta

from .calendar import folders, months_before
from .cohort import keep
from .lake import Lake, LakeError
from .relations import Schema, define, define_rows, run
from .runs import Run, Runs
from .settings import Settings

CHANGES: Schema = {
    "as_of": "TIMESTAMP_NTZ",
    "user_id": "BIGINT",
    "from_grade": "STRING",
    "to_grade": "STRING",
    "amount": "DECIMAL(18, 2)",
    "orders": "BIGINT",
}
GRACE_DAYS: Schema = {"days_back": "INTEGER", "window_start": "TIMESTAMP_NTZ", "window_end": "TIMESTAMP_NTZ"}
COUNTS = ("customers", "promoted", "demoted", "kept", "vip", "gold", "silver", "bronze")


def update_grades(lake: Lake, runs: Runs, as_of: datetime, settings: Settings) -> Run:
    """Updates the grades and commits what changed."""
    spark = lake.spark
    graded_until = lake.graded_until()
    last = max([graded_until, *(run.as_of for run in runs.committed)])
    if as_of < last:
        raise LakeError(
            f"grades were already updated as of {last}; an update as of {as_of} would rewrite history",
            "give a later --as-of",
        )
    lake.define_orders()
    lake.define_users()
    # What the pushed file knew is in its users.
    later = [run for run in runs.valid if run.as_of > graded_until]
    define(spark, "known_changes", runs.read("changes", CHANGES, later))
    define(spark, "held_grades", run(spark, "held_grades", as_of=as_of))
    criteria = settings.criteria()
    window_start = months_before(as_of, settings.window_months)
    earned = run(
        spark, "earned_grades", window_start=window_start, as_of=as_of, **folders(window_start, as_of), **criteria
    )
    with ExitStack() as kept:
        keep(define(spark, "earned_grades", earned), kept)
        if settings.grace_days:
            days = [as_of - timedelta(days=day) for day in range(settings.grace_days + 1)]
            spans = [(back, months_before(day, settings.window_months), day) for back, day in enumerate(days)]
            define_rows(spark, "grace_days", GRACE_DAYS, spans)
            first = min(start for _, start, _ in spans)
            graced = run(
                spark, "graced_grades", first_window_start=first, as_of=as_of, **folders(first, as_of), **criteria
            )
        else:
            graced = spark.table("earned_grades")
        define(spark, "graced_grades", graced)
        graded = run(spark, "graded", steps_down=1 if settings.one_step else 3)
        keep(define(spark, "graded", graded), kept)
        runs.write("changes", run(spark, "grade_changes", as_of=as_of), CHANGES)
        counted = run(spark, "grade_run", as_of=as_of).collect()[0]
    run_id = runs.next_id
    done = Run(run_id, as_of, runs.valid[0].base_run if runs.valid else run_id, counts={name: counted[name] for name in COUNTS})
    runs.commit(done)
    return done
