"""What the job's files hold, read without the engine that wrote them."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import duckdb

from oracle import Cell, Change

AMOUNTS = {"avg_cac", "ltv_cumulative", "cumulative_profit", "monthly_revenue", "avg_order_value"}


def committed(out: Path, kind: str) -> list[int]:
    """The committed runs that count."""
    files = [str(file) for file in out.glob(f"{kind}/runs/run-*/*.parquet")]
    if not files:
        return []
    runs = duckdb.sql(f"SELECT run_id, base_run FROM read_parquet({files}) ORDER BY run_id").fetchall()
    return [run for run, _ in runs if run >= runs[-1][1]]


def _read(out: Path, kind: str, name: str) -> str:
    folders = [out / kind / name / f"run-{run}" for run in committed(out, kind)]
    return f"read_parquet({[str(file) for folder in folders for file in sorted(folder.glob('*.parquet'))]})"


def _column(name: str) -> str:
    if name in AMOUNTS:
        return f"CAST(CAST({name} AS DECIMAL(20, 2)) * 100 AS BIGINT)"
    return f"CAST({name} AS VARCHAR)" if name == "cohort_start_date" else name


def rows(out: Path) -> list[Cell]:
    """The rows of the batch, amounts in hundredths."""
    found = duckdb.sql(
        f"SELECT {', '.join(_column(field.name) for field in fields(Cell))} FROM {_read(out, 'cohort', 'rows')} "
        "QUALIFY row_number() OVER (PARTITION BY activity_id, month_offset ORDER BY run DESC) = 1 "
        "ORDER BY activity_id, month_offset"
    )
    return [Cell(*row) for row in found.fetchall()]


def members(out: Path) -> set[tuple]:
    """Activity, customer and first order of every member."""
    columns = "activity_id, user_id, first_order_id, first_order_at"
    return set(duckdb.sql(f"SELECT {columns} FROM {_read(out, 'cohort', 'members')}").fetchall())


def changes(out: Path) -> dict[int, dict[int, Change]]:
    """What each grade update changed, by run and customer."""
    found: dict[int, dict[int, Change]] = {run: {} for run in committed(out, "grades")}
    columns = "run, user_id, from_grade, to_grade, CAST(CAST(amount AS DECIMAL(20, 2)) * 100 AS BIGINT), orders"
    for run, user, *change in duckdb.sql(f"SELECT {columns} FROM {_read(out, 'grades', 'changes')}").fetchall():
        found[run][user] = tuple(change)
    return found
