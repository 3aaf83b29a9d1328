"""What `benches/scale` holds the command against: `peers.py NAME ARGUMENTS...` prints {"seconds", "answer"} as JSON.

A bound is a plain DuckDB query for the sums that a step needs, on the same file. A peer is how the work is done without
`lifecycle`. Both are timed without starting Python and importing what they need. `shop` and `ask` make the data and look at results, in
processes of their own: a process inherits the peak memory of the one that starts it, so `benches/scale` itself must stay small.
"""

from __future__ import annotations

import json
import sys
import time

# The window of a grade update as of the end of 2024, and the criteria of the default settings.
WINDOW = ("2024-07-01", "2025-01-01")
CRITERIA = [("VIP", 2_000_000, 10), ("GOLD", 1_000_000, 8), ("SILVER", 300_000, 3)]
QUALIFYING = "status IN ('Success', 'Returned')"


def main() -> None:
    """Runs the function named by the first argument with the others."""
    seconds, answer = WORK[sys.argv[1]](*sys.argv[2:])
    print(json.dumps({"seconds": seconds, "answer": answer}))


def timed(work, rounds: int = 1):
    """The median time of some rounds, and the last answer."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        answer = work()
        times.append(time.perf_counter() - began)
    return sorted(times)[len(times) // 2], answer


def engine(file: str, read_only: bool = True):
    """A connection with as many threads as the machine has cores."""
    import duckdb

    return duckdb.connect(file, read_only=read_only)


# Bounds


def bare_import(source: str, file: str):
    """The file's rows in the order of their time, in a new file, checkpointed."""
    con = engine(file, read_only=False)

    def work():
        con.execute(f"CREATE TABLE orders AS SELECT * FROM '{source}' ORDER BY order_date")
        con.execute("CHECKPOINT")
        return con.execute("SELECT count(*) FROM orders").fetchone()[0]

    return timed(work)


def bare_grades(file: str, since: str, until: str):
    """The sums of a window by customer."""
    return counted(
        file,
        f"""SELECT user_id, sum(amount) AS amount, count(*) AS orders FROM orders
        WHERE {QUALIFYING} AND created_at >= '{since}' AND created_at < '{until}'
        GROUP BY user_id""",
    )


def bare_months(file: str, since: str, until: str):
    """The orders of a span joined to the cohorts' members, summed by activity and customer."""
    return counted(
        file,
        f"""SELECT members.activity_id, orders.user_id, sum(amount) AS amount, count(*) AS orders
        FROM orders JOIN (SELECT activity_id, user_id FROM cohort_members) AS members ON members.user_id = orders.user_id
        WHERE {QUALIFYING} AND created_at >= '{since}' AND created_at < '{until}'
        GROUP BY members.activity_id, orders.user_id""",
    )


def bare_histories(file: str):
    """Days with an order, the first and the last, by customer."""
    return counted(
        file,
        f"""SELECT user_id, count(DISTINCT CAST(created_at AS DATE)) AS days, min(created_at) AS first, max(created_at) AS last, sum(amount) AS amount
        FROM orders
        WHERE {QUALIFYING} GROUP BY user_id""",
    )


def bare_months_of_customers(file: str):
    """Orders and revenue by customer and month: what most charts are drawn from."""
    return counted(
        file,
        f"""SELECT user_id, date_trunc('month', created_at) AS month, sum(amount) AS amount, count(*) AS orders FROM orders
        WHERE {QUALIFYING} GROUP BY user_id, month""",
    )


def counted(file: str, query: str):
    """How many rows a query has. They are kept in a table: of rows that are only counted the engine would not compute the sums."""
    con = engine(file)

    def work():
        con.execute(f"CREATE OR REPLACE TEMP TABLE counted AS {query}")
        return con.execute("SELECT count(*) FROM counted").fetchone()[0]

    return timed(work, rounds=3)


def bare_export(file: str, to: str):
    """The orders as they stand, as Parquet."""
    con = engine(file)
    query = f"COPY orders TO '{to}' (FORMAT parquet, COMPRESSION zstd)"
    return timed(lambda: con.execute(query).fetchone()[0])


def bare_copy(file: str, to: str):
    """Customers and orders as they stand, in a new file, checkpointed."""
    con = engine(to, read_only=False)
    con.execute(f"ATTACH '{file}' AS made (READ_ONLY)")

    def work():
        con.execute("CREATE TABLE users AS FROM made.users")
        con.execute("CREATE TABLE orders AS FROM made.orders")
        con.execute("CHECKPOINT")
        return con.execute("SELECT count(*) FROM orders").fetchone()[0]

    return timed(work)


# Peers


def pandas_grades(orders: str):
    """pandas: customers by grade. Amounts are doubles: of decimals it makes Python objects, several times as slow."""
    import pandas

    def work():
        frame = pandas.read_parquet(orders, columns=["customer_id", "order_date", "amount"])
        inside = (frame["order_date"] >= WINDOW[0]) & (frame["order_date"] < WINDOW[1])
        sums = frame[inside].groupby("customer_id")["amount"].agg(["sum", "count"])
        return grade_mix(len(sums), lambda amount, count: int(((sums["sum"] >= amount) & (sums["count"] >= count)).sum()))

    return timed(work)


def polars_grades(orders: str):
    """polars: customers by grade."""
    import datetime

    import polars

    since, until = (datetime.datetime.fromisoformat(day) for day in WINDOW)

    def work():
        day = polars.col("order_date")
        sums = (
            polars.scan_parquet(orders)
            .filter((day >= since) & (day < until))
            .group_by("customer_id")
            .agg(polars.col("amount").sum().alias("sum"), polars.len().alias("count"))
            .collect()
        )
        at_least = lambda amount, count: sums.filter((polars.col("sum") >= amount) & (polars.col("count") >= count)).height  # noqa: E731
        return grade_mix(sums.height, at_least)

    return timed(work)


def grade_mix(customers: int, at_least) -> dict[str, int]:
    """Customers of each grade above BRONZE, from how many reach its thresholds; a higher grade implies the lower ones."""
    mix, above = {}, 0
    for grade, amount, count in CRITERIA:
        reached = at_least(amount, count)
        mix[grade] = reached - above
        above = reached
    return mix


def sqlite_grades(orders: str, file: str):
    """A customer at a time, as in the usual script: a query for the sums, and an update. SQLite, with an index."""
    import sqlite3

    con = sqlite3.connect(file)
    con.execute("CREATE TABLE orders (customer_id INTEGER, order_date TEXT, amount REAL)")
    con.execute("CREATE TABLE users (customer_id INTEGER PRIMARY KEY, grade TEXT)")
    rows = engine(":memory:", read_only=False).execute(f"SELECT customer_id, CAST(order_date AS VARCHAR), CAST(amount AS DOUBLE) FROM '{orders}'").fetchall()
    con.executemany("INSERT INTO orders VALUES (?, ?, ?)", rows)
    con.execute("CREATE INDEX by_customer ON orders (customer_id, order_date)")
    con.execute("INSERT INTO users SELECT DISTINCT customer_id, 'BRONZE' FROM orders")

    def work():
        mix = {grade: 0 for grade, _, _ in CRITERIA}
        for (customer,) in con.execute("SELECT customer_id FROM users").fetchall():
            query = "SELECT coalesce(sum(amount), 0), count(*) FROM orders WHERE customer_id = ? AND order_date >= ? AND order_date < ?"
            amount, count = con.execute(query, (customer, *WINDOW)).fetchone()
            grade = next((name for name, least, most in CRITERIA if amount >= least and count >= most), "BRONZE")
            con.execute("UPDATE users SET grade = ? WHERE customer_id = ?", (grade, customer))
            if grade in mix:
                mix[grade] += 1
        con.commit()
        return mix

    return timed(work)


def pandas_cohorts(orders: str, activities: str):
    """pandas: the revenue of each cohort in each closed month, up to the end of 2024."""
    import pandas

    def work():
        acts = pandas.read_csv(activities, parse_dates=["start_at"])
        frame = pandas.read_parquet(orders, columns=["order_id", "customer_id", "order_date", "amount", "activity_id"])
        firsts = frame.sort_values(["order_date", "order_id"]).drop_duplicates("customer_id")
        members = firsts[["customer_id", "order_date", "activity_id"]].merge(acts[["activity_id", "start_at"]], on="activity_id")
        closes = members["start_at"] + pandas.DateOffset(months=1)
        inside = (members["order_date"] >= members["start_at"]) & (members["order_date"] < closes) & (closes <= "2025-01-01")
        members = members[inside][["customer_id", "activity_id", "start_at"]]
        bought = frame[["customer_id", "order_date", "amount"]].merge(members, on="customer_id")
        day, start = bought["order_date"].dt, bought["start_at"].dt
        # Months run from the day of the activity's start, which is at midnight.
        bought["month"] = (day.year - start.year) * 12 + day.month - start.month - (day.day < start.day)
        bought = bought[(bought["month"] >= 0) & (bought["month"] <= 11)]
        cells = bought.groupby(["activity_id", "start_at", "month"])["amount"].sum().reset_index()
        ends = cells.apply(lambda cell: cell["start_at"] + pandas.DateOffset(months=cell["month"] + 1), axis=1)
        return round(float(cells[ends <= "2025-01-01"]["amount"].sum()), 2)

    return timed(work)


def polars_cohorts(orders: str, activities: str):
    """polars: the same."""
    import datetime

    import polars

    end = datetime.datetime(2025, 1, 1)

    def work():
        col = polars.col
        acts = polars.scan_csv(activities, try_parse_dates=True).select("activity_id", "start_at").with_columns(col("start_at").cast(polars.Datetime("us")))
        frame = polars.scan_parquet(orders)
        firsts = frame.sort("order_date", "order_id").unique("customer_id", keep="first")
        members = (
            firsts.select("customer_id", "order_date", "activity_id")
            .join(acts, on="activity_id")
            .filter(
                (col("order_date") >= col("start_at"))
                & (col("order_date") < col("start_at").dt.offset_by("1mo"))
                & (col("start_at").dt.offset_by("1mo") <= end)
            )
            .select("customer_id", "start_at", "activity_id")
        )
        day, start = col("order_date").dt, col("start_at").dt
        month = (
            (day.year() - start.year()) * 12
            + (day.month().cast(polars.Int32) - start.month().cast(polars.Int32))
            - (day.day() < start.day()).cast(polars.Int32)
        )
        cells = (
            frame.select("customer_id", "order_date", "amount")
            .join(members, on="customer_id")
            .with_columns(month.alias("month"))
            .filter((col("month") >= 0) & (col("month") <= 11))
            .group_by("activity_id", "start_at", "month")
            .agg(col("amount").sum())
            .filter(col("start_at").dt.offset_by(polars.format("{}mo", col("month") + 1)) <= end)
            .collect()
        )
        return round(float(cells["amount"].sum()), 2)

    return timed(work)


def lifetimes_fit(file: str):
    """lifetimes: one BG/NBD fit over all customers, from their histories."""
    from lifetimes import BetaGeoFitter

    query = f"""
        WITH days AS (SELECT DISTINCT user_id, CAST(created_at AS DATE) AS day FROM orders WHERE {QUALIFYING})
        SELECT count(*) - 1 AS frequency, max(day) - min(day) AS recency, DATE '2025-01-01' - min(day) AS age
        FROM days GROUP BY user_id"""
    histories = engine(file).execute(query).df()

    def work():
        model = BetaGeoFitter()
        model.fit(histories["frequency"], histories["recency"], histories["age"])
        return {name: round(float(value), 4) for name, value in model.params_.items()}

    return timed(work)


def faker_customers(count: str):
    """Faker: a name, a birth date, a province and a sign-up time each."""
    import datetime

    from faker import Faker

    since, until = datetime.datetime(2020, 1, 1), datetime.datetime(2025, 1, 1)

    Faker.seed(1)
    fake = Faker("ko_KR")

    def work():
        rows = [(fake.name(), fake.date_of_birth(minimum_age=14, maximum_age=79), fake.province(), fake.date_time_between(since, until)) for _ in range(int(count))]
        return len(rows)

    return timed(work)


def mimesis_customers(count: str):
    """Mimesis: the same."""
    from mimesis import Generic, Locale

    fake = Generic(locale=Locale.KO, seed=1)

    def work():
        rows = [(fake.person.full_name(), fake.person.birthdate(), fake.address.province(), fake.datetime.datetime(start=2020, end=2024)) for _ in range(int(count))]
        return len(rows)

    return timed(work)


# The data, and what came of it


def shop(folder: str, activities: str, orders: str):
    """Writes the files of a shop: orders as Parquet, as Parquet with amounts as doubles, and as CSV."""
    con = engine(":memory:", read_only=False)

    def work():
        con.execute(f"COPY ({activities}) TO '{folder}/activities.csv' (HEADER)")
        con.execute(f"COPY ({orders}) TO '{folder}/orders.parquet' (FORMAT parquet)")
        con.execute(f"COPY (FROM '{folder}/orders.parquet') TO '{folder}/orders.csv' (HEADER)")
        doubles = f"SELECT * REPLACE (CAST(amount AS DOUBLE) AS amount) FROM '{folder}/orders.parquet'"
        con.execute(f"COPY ({doubles}) TO '{folder}/doubles.parquet' (FORMAT parquet)")
        return con.execute(f"SELECT count(DISTINCT customer_id) FROM '{folder}/orders.parquet'").fetchone()[0]

    return timed(work)


def ask(file: str, query: str):
    """The rows of a query; numbers that JSON does not have become text."""
    rows = engine(file).execute(query).fetchall()
    return 0.0, [[value if isinstance(value, int | float | None) else str(value) for value in row] for row in rows]


def cohorts_in_sql(orders: str, activities: str):
    """The revenue of each cohort's first twelve closed months, by one plain query over the files that were imported."""
    con = engine(":memory:", read_only=False)
    query = f"""
        WITH acts AS (SELECT activity_id, CAST(start_at AS TIMESTAMP) AS start_at FROM '{activities}'),
        firsts AS (
            SELECT customer_id, arg_min(activity_id, order_id) FILTER (order_date = first_at) AS activity_id, first_at
            FROM (SELECT *, min(order_date) OVER (PARTITION BY customer_id) AS first_at FROM '{orders}')
            WHERE order_date = first_at AND activity_id IS NOT NULL
            GROUP BY customer_id, first_at
        ),
        members AS (
            SELECT customer_id, start_at FROM firsts JOIN acts USING (activity_id)
            WHERE first_at >= start_at AND first_at < start_at + INTERVAL 1 MONTH AND start_at + INTERVAL 1 MONTH <= TIMESTAMP '2025-01-01'
        )
        SELECT CAST(sum(amount) AS DOUBLE)
        FROM '{orders}' JOIN members USING (customer_id)
        WHERE order_date >= start_at
          AND order_date < start_at + INTERVAL 12 MONTH
          AND start_at + to_months(CAST(datesub('month', start_at, order_date) + 1 AS INTEGER)) <= TIMESTAMP '2025-01-01'"""
    return timed(lambda: con.execute(query).fetchone()[0])


def grades_in_sql(orders: str):
    """Customers of each grade above BRONZE, by one plain query over the file that was imported."""
    con = engine(":memory:", read_only=False)
    query = f"""
        SELECT sum(amount), count(*) FROM '{orders}' WHERE order_date >= '{WINDOW[0]}' AND order_date < '{WINDOW[1]}' GROUP BY customer_id"""

    def work():
        at_least = lambda amount, count: con.execute(f"SELECT count(*) FROM ({query}) AS sums (amount, orders) WHERE amount >= {amount} AND orders >= {count}").fetchone()[0]  # noqa: E731
        return grade_mix(0, at_least)

    return timed(work)


WORK = {name: work for name, work in globals().items() if callable(work) and name not in ("main", "timed", "engine", "counted", "grade_mix")}

if __name__ == "__main__":
    main()
