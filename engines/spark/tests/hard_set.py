"""A shop made to be hard: ties, ends of months, microseconds, half cents, every kind of cohort."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Activity:
    """A row of `campaign_activities`; the budget in hundredths."""

    id: int
    cohort: str
    channel: str
    budget: int | None
    start_at: datetime
    end_at: datetime | None


@dataclass(frozen=True)
class Order:
    """A row of `orders`; the amount in hundredths."""

    id: int
    user: int
    activity: int | None
    amount: int
    status: str
    created_at: datetime


@dataclass
class Shop:
    """What grades and cohorts are computed from."""

    users: dict[int, tuple[str, datetime]] = field(default_factory=dict)
    activities: list[Activity] = field(default_factory=list)
    listed: set[tuple[int, int]] = field(default_factory=set)
    orders: list[Order] = field(default_factory=list)


SETTINGS = {
    "grades": {
        "window_months": 6,
        "one_step_demotion": False,
        "demotion_grace_days": 0,
        "VIP": {"min_amount": 200.01, "min_orders": 6},
        "GOLD": {"min_amount": 100, "min_orders": 4},
        "SILVER": {"min_amount": 30.5, "min_orders": 2},
    },
    "cohort": {"months": 12, "gross_margin": 1.0},
}


def hard_set(seed: int = 7, users: int = 60, orders: int = 1500) -> Shop:
    """The shop of a seed."""
    draw = random.Random(seed)
    shop = Shop()
    starts = [
        datetime(2023, 1, 31, 10, 30, 0, 1),
        datetime(2023, 1, 29),
        datetime(2023, 1, 30, 23, 59, 59, 999_999),
        datetime(2023, 2, 28),
        datetime(2023, 3, 31),
        datetime(2023, 5, 15, 12),
        datetime(2023, 12, 31),
        datetime(2024, 1, 31),
        datetime(2024, 2, 29, 0, 0, 0, 1),
    ]
    budgets = [None, 0, 1, 333, 10_001, 250_000, 99_999_999_999_999_999]
    for position, start in enumerate(starts * 3):
        kind = ("acquired", "touched", "listed")[position // len(starts)]
        window = draw.choice([None, None, timedelta(days=20), timedelta(days=95), MICROSECOND, timedelta(0)])
        end = None if window is None else start + window
        shop.activities.append(Activity(position + 1, kind, "push", budgets[position % len(budgets)], start, end))
    for month in range(1, 5):
        start, end = datetime(2023, month, 1), datetime(2023, month + 1, 1)
        shop.activities.append(Activity(100 + month, "acquired", "organic", None, start, end))
    # A quarter that overlaps the months, and a cohort that nobody is in.
    shop.activities.append(Activity(110, "acquired", "organic", None, datetime(2023, 1, 1), datetime(2023, 4, 1)))
    shop.activities.append(Activity(111, "acquired", "push", 100, datetime(2022, 1, 1), None))
    for user in range(1, users + 1):
        grade = draw.choice(["BRONZE", "SILVER", "GOLD", "VIP"])
        shop.users[user] = (grade, datetime(2022, 12, 1) + timedelta(hours=draw.randrange(24 * 300)))
    for activity in shop.activities:
        if activity.cohort == "listed":
            shop.listed |= {(activity.id, draw.randint(1, users)) for _ in range(draw.choice([1, 3, 7]))}
    edges = [months_after(activity.start_at, n) for activity in shop.activities for n in range(13)]
    edges += [activity.end_at for activity in shop.activities if activity.end_at]
    numbers = list(range(1, orders + 1))
    draw.shuffle(numbers)
    for number in numbers:
        anywhere = datetime(2023, 1, 1) + timedelta(minutes=draw.randrange(60 * 24 * 700))
        at = draw.choice(edges) if draw.random() < 0.5 else anywhere
        at += draw.choice([timedelta(0), timedelta(0), MICROSECOND, -MICROSECOND, timedelta(days=draw.randrange(20))])
        status = draw.choices(["Success", "Returned", "Refunded", "Failed", "Cancelled"], [75, 10, 5, 5, 5])[0]
        amount = draw.choice([1, 5, 33, 1_005, 99_999, 12_345, 3_050, 20_001])
        if draw.random() < 0.003:
            amount = 9_876_543_210_987_654
        activity = draw.choice([None, *(a.id for a in shop.activities if a.channel != "organic")])
        amount = -amount if status == "Returned" else amount
        shop.orders.append(Order(number, draw.randint(1, users), activity, amount, status, at))
    return shop


def months_after(at: datetime, months: int) -> datetime:
    """An instant so many calendar months later, clamped at a month's end."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    for day in range(at.day, 0, -1):
        try:
            return at.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


def write_lake(shop: Shop, folder: Path, clock: datetime, settings: dict | None = None) -> None:
    """Writes the lake as `lifecycle lake push` does."""
    folder.mkdir(parents=True, exist_ok=True)
    database = duckdb.connect()
    orders = [(o.id, o.user, o.activity, _units(o.amount), o.status, o.created_at) for o in shop.orders]
    columns = "order_id BIGINT, user_id BIGINT, activity_id BIGINT, amount DECIMAL(18, 2), status VARCHAR, created_at TIMESTAMP"
    _table(database, "all_orders", columns, orders)
    for (month,) in database.execute("SELECT DISTINCT strftime(created_at, '%Y-%m') FROM all_orders").fetchall():
        place = folder / "orders" / f"month={month}"
        place.mkdir(parents=True, exist_ok=True)
        of_month = f"SELECT * FROM all_orders WHERE strftime(created_at, '%Y-%m') = '{month}'"
        _write(database, of_month, place / "orders.parquet")
    users = [(user, grade, at) for user, (grade, at) in shop.users.items()]
    _table(database, "users", "user_id BIGINT, grade VARCHAR, signed_up_at TIMESTAMP", users)
    activities = [
        (a.id, a.cohort, a.channel, None if a.budget is None else _units(a.budget), a.start_at, a.end_at)
        for a in shop.activities
    ]
    columns = "activity_id BIGINT, cohort VARCHAR, channel VARCHAR, budget DECIMAL(18, 2), start_at TIMESTAMP, end_at TIMESTAMP"
    _table(database, "campaign_activities", columns, activities)
    _table(database, "listed_customers", "activity_id BIGINT, user_id BIGINT", sorted(shop.listed))
    facts = [("clock", str(clock)), ("config", json.dumps(settings or SETTINGS))]
    _table(database, "meta", "key VARCHAR, value VARCHAR", facts)
    for table in ("users", "campaign_activities", "listed_customers", "meta"):
        _write(database, f"SELECT * FROM {table}", folder / f"{table}.parquet")


def _units(hundredths: int) -> str:
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{abs(hundredths) // 100}.{abs(hundredths) % 100:02}"


def _table(database: duckdb.DuckDBPyConnection, name: str, columns: str, rows: list[tuple]) -> None:
    database.execute(f"CREATE TABLE {name} ({columns})")
    if rows:
        database.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(rows[0]))})", rows)


def _write(database: duckdb.DuckDBPyConnection, select: str, file: Path) -> None:
    database.execute(f"COPY ({select}) TO '{file}' (FORMAT parquet)")
