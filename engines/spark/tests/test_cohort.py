"""The batch on the engine against plain loops."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

import oracle
import results
from hard_set import SETTINGS, Shop, hard_set, write_lake
from lifecycle_spark.__main__ import main

CLOCK = datetime(2024, 12, 1)
MONTHS = [datetime(2023, 3, 1), datetime(2023, 3, 31), datetime(2023, 9, 15, 12, 0, 0, 1), datetime(2024, 2, 29), CLOCK]


@pytest.fixture(scope="module")
def shop() -> Shop:
    return hard_set()


@pytest.fixture
def lake(shop: Shop, tmp_path: Path) -> Path:
    write_lake(shop, tmp_path, CLOCK)
    return tmp_path


def job(connection: list[str], lake: Path, command: str, *more: str) -> int:
    return main([command, "--lake", str(lake), *connection, *more])


def expected_members(shop: Shop, as_of: datetime) -> set[tuple]:
    found = set()
    for activity in (activity for activity in shop.activities if oracle.is_frozen(activity, as_of)):
        for user, order in oracle.members(shop, activity).items():
            found.add((activity.id, user, order and order.id, order and order.created_at))
    return found


def assert_same_rows(found: list[oracle.Cell], expected: list[oracle.Cell]) -> None:
    def keys(rows: list[oracle.Cell]) -> list[tuple[int, int]]:
        return [(row.activity_id, row.month_offset) for row in rows]

    assert keys(found) == keys(expected)
    for row, other in zip(found, expected):
        assert row == other


def test_full_equals_month_by_month_equals_loops(connection, lake, shop):
    for as_of in MONTHS:
        assert job(connection, lake, "cohort", "--as-of", str(as_of)) == 0
        assert_same_rows(results.rows(lake / "out"), oracle.cohort_rows(shop, as_of))
    assert results.members(lake / "out") == expected_members(shop, CLOCK)
    assert job(connection, lake, "cohort", "--out", str(lake / "full"), "--full") == 0
    assert_same_rows(results.rows(lake / "full"), results.rows(lake / "out"))
    assert results.members(lake / "full") == results.members(lake / "out")
    assert job(connection, lake, "verify") == 0
    # Again, with nothing left to do, and from nothing over what is there.
    for more in ([], ["--full"]):
        assert job(connection, lake, "cohort", *more) == 0
        assert_same_rows(results.rows(lake / "out"), results.rows(lake / "full"))


def test_a_margin_is_taken_half_up(connection, lake, shop):
    settings = SETTINGS | {"cohort": {"months": 3, "gross_margin": 0.345}}
    (lake / "other.json").write_text(json.dumps(settings))
    assert job(connection, lake, "cohort", "--settings", str(lake / "other.json")) == 0
    assert_same_rows(results.rows(lake / "out"), oracle.cohort_rows(shop, CLOCK, 3, 345_000))


def test_late_facts_are_found_and_restated(connection, lake, shop, capsys):
    as_of = MONTHS[2]
    assert job(connection, lake, "cohort", "--as-of", str(as_of)) == 0
    # An order of a member in a closed month turns out to be of another amount.
    cohorts = [(activity.start_at, oracle.members(shop, activity)) for activity in shop.activities]
    mistaken = next(
        o
        for o in shop.orders
        for start, cohort in cohorts
        if o.status == "Success" and o.user in cohort and start <= o.created_at < datetime(2023, 8, 1)
    )
    orders = [replace(o, amount=o.amount - 7) if o is mistaken else o for o in shop.orders]
    changed = replace(shop, orders=orders)
    write_lake(changed, lake, CLOCK)
    capsys.readouterr()
    assert job(connection, lake, "verify") == 3
    assert "monthly_revenue" in capsys.readouterr().out
    assert job(connection, lake, "cohort", "--as-of", str(as_of), "--lookback", "12") == 0
    assert job(connection, lake, "verify") == 0
    assert_same_rows(results.rows(lake / "out"), oracle.cohort_rows(changed, as_of))


def test_a_run_before_the_last_is_refused(connection, lake, capsys):
    assert job(connection, lake, "cohort", "--as-of", "2024-01-01") == 0
    assert job(connection, lake, "cohort", "--as-of", "2023-12-31") == 1
    assert "lies before it" in capsys.readouterr().err


def test_what_has_no_commit_row_is_not_there(connection, lake, shop):
    assert job(connection, lake, "cohort", "--as-of", str(MONTHS[1])) == 0
    before = results.rows(lake / "out")
    assert job(connection, lake, "cohort") == 0
    for file in (lake / "out/cohort/runs/run-2").iterdir():
        file.unlink()
    # A driver that was killed before it committed, and left a file that cannot be read.
    torn = lake / "out/cohort/rows/run-2/part-torn.parquet"
    torn.write_bytes(b"PAR1")
    assert results.rows(lake / "out") == before
    assert job(connection, lake, "cohort") == 0
    assert results.committed(lake / "out", "cohort") == [1, 2]
    assert not torn.exists()
    assert_same_rows(results.rows(lake / "out"), oracle.cohort_rows(shop, CLOCK))


def test_a_second_writer_is_kept_out(connection, lake, capsys):
    if "--remote" in connection:
        pytest.skip("a server's disk is not locked from here")
    lock = lake / "out/cohort/_lock"
    lock.parent.mkdir(parents=True)
    lock.write_text(json.dumps({"host": "another", "process": 1}))
    assert job(connection, lake, "cohort") == 1
    assert "another job is writing" in capsys.readouterr().err


def test_a_lake_whose_push_was_cut_off_is_refused(connection, lake, capsys):
    for finished, code in ((False, 1), (True, 0)):
        (lake / "pushed.json").write_text(json.dumps({"shop": "a", "finished": finished, "months": {}}))
        assert job(connection, lake, "cohort") == code
    assert "was not finished" in capsys.readouterr().err
    assert results.committed(lake / "out", "cohort") == [1]


def test_what_is_missing_is_named(connection, tmp_path, capsys):
    assert job(connection, tmp_path, "cohort") == 1
    assert "--settings" in capsys.readouterr().err
