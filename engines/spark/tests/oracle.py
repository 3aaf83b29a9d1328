"""The batch and the grade update by plain loops over whole numbers, from nothing but the orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hard_set import Activity, Order, Shop, months_after


@dataclass(frozen=True)
class Cell:
    """A row of `ltv_batch`; amounts in hundredths."""

    activity_id: int
    month_offset: int
    cohort_start_date: str
    cohort_size: int
    avg_cac: int | None
    ltv_cumulative: int
    ltv_cac_ratio: float | None
    cumulative_profit: int
    is_break_even: bool
    monthly_revenue: int
    monthly_orders: int
    active_users: int
    repeat_purchase_rate: float
    avg_purchase_frequency: float
    avg_order_value: int | None
    cumulative_orders: int
    repeat_customers: int


def half_up(amount: int, count: int) -> int | None:
    """A quotient rounded half away from zero; none of nothing."""
    if count == 0:
        return None
    whole, rest = divmod(abs(amount), count)
    rounded = whole + (1 if 2 * rest >= count else 0)
    return -rounded if amount < 0 else rounded


def double(hundredths: int) -> float:
    """The double that DuckDB gives for an amount."""
    if abs(hundredths) <= 2**53:
        return hundredths / 100.0
    whole, rest = divmod(abs(hundredths), 100)
    return (-1 if hundredths < 0 else 1) * (float(whole) + rest / 100.0)


def members(shop: Shop, activity: Activity) -> dict[int, Order | None]:
    """The customers of a cohort, with the order that made them members."""
    if activity.cohort == "listed":
        return {user: None for number, user in shop.listed if number == activity.id}
    window_end = activity.end_at or months_after(activity.start_at, 1)
    found: dict[int, Order] = {}
    firsts: dict[int, Order] = {}
    for order in sorted((o for o in shop.orders if o.status == "Success"), key=lambda o: (o.created_at, o.id)):
        inside = activity.start_at <= order.created_at < window_end
        if activity.cohort == "touched":
            if order.activity == activity.id and inside:
                found.setdefault(order.user, order)
        elif order.user not in firsts:
            firsts[order.user] = order
            through = order.activity is None if activity.channel == "organic" else order.activity == activity.id
            if through and inside:
                found[order.user] = order
    return dict(found)


def is_frozen(activity: Activity, as_of: datetime) -> bool:
    """Whether a cohort's window has closed; a list is frozen when it is there."""
    return activity.cohort == "listed" or (activity.end_at or months_after(activity.start_at, 1)) <= as_of


def cohort_rows(shop: Shop, as_of: datetime, months: int = 12, margin_millionths: int = 1_000_000) -> list[Cell]:
    """Every row that a run as of an instant leaves."""
    rows = []
    by_user: dict[int, list[Order]] = defaultdict(list)
    for order in shop.orders:
        if order.status in ("Success", "Returned"):
            by_user[order.user].append(order)
    for activity in sorted(shop.activities, key=lambda activity: activity.id):
        cohort = members(shop, activity) if is_frozen(activity, as_of) else {}
        for offset in range(months):
            if cohort and months_after(activity.start_at, offset + 1) <= as_of:
                rows.append(_row(activity, [by_user[user] for user in cohort], offset, margin_millionths))
    return rows


def _row(activity: Activity, cohort: list[list[Order]], offset: int, margin: int) -> Cell:
    start = activity.start_at
    begin, end = months_after(start, offset), months_after(start, offset + 1)
    month = [[o for o in bought if begin <= o.created_at < end] for bought in cohort]
    so_far = [[o for o in bought if start <= o.created_at < end] for bought in cohort]

    def orders(bought: Iterable[Order]) -> int:
        return sum(o.status == "Success" for o in bought)

    def money(lists: list[list[Order]]) -> int:
        return sum(o.amount for bought in lists for o in bought)

    size, ltv, count = len(cohort), money(so_far), sum(map(orders, so_far))
    repeat = sum(orders(bought) >= 2 for bought in so_far)
    profit = half_up(ltv * margin, 1_000_000) - (activity.budget or 0)
    return Cell(
        activity.id,
        offset,
        str(start.date()),
        size,
        None if activity.budget is None else half_up(activity.budget, size),
        ltv,
        double(ltv) / double(activity.budget) if activity.budget else None,
        profit,
        profit >= 0,
        money(month),
        sum(map(orders, month)),
        sum(orders(bought) > 0 for bought in month),
        repeat * 100.0 / size,
        float(count) / size,
        half_up(ltv, count),
        count,
        repeat,
    )


GRADES = ["BRONZE", "SILVER", "GOLD", "VIP"]
Change = tuple[str, str, int, int]


def grade_changes(shop: Shop, held: dict[int, str], as_of: datetime, settings: dict) -> dict[int, Change]:
    """Who changes at an instant: from which grade to which, by what amount and orders."""
    grades = settings["grades"]
    by_user: dict[int, list[Order]] = defaultdict(list)
    for order in shop.orders:
        by_user[order.user].append(order)

    def earned(user: int, at: datetime) -> tuple[int, int, int]:
        begin = months_after(at, -grades["window_months"])
        window = [o for o in by_user[user] if begin <= o.created_at < at]
        amount = sum(o.amount for o in window if o.status in ("Success", "Returned"))
        orders = sum(o.status == "Success" for o in window)
        rank = 0
        for position, name in enumerate(GRADES[1:], 1):
            if amount >= round(grades[name]["min_amount"] * 100) and orders >= grades[name]["min_orders"]:
                rank = position
        return rank, amount, orders

    changes = {}
    for user, (_, signed_up_at) in shop.users.items():
        if signed_up_at >= as_of:
            continue
        rank, amount, orders = earned(user, as_of)
        before = GRADES.index(held[user])
        if rank < before:
            for day in range(1, grades["demotion_grace_days"] + 1):
                rank = max(rank, min(before, earned(user, as_of - timedelta(days=day))[0]))
            if grades["one_step_demotion"]:
                rank = max(rank, before - 1)
        if rank != before:
            changes[user] = (GRADES[before], GRADES[rank], amount, orders)
    return changes
