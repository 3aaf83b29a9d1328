"""What the job reads: the tables that were pushed, or tables of the user's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession

from .calendar import BEGINNING, parse_instant
from .relations import Schema, define, define_rows, keep_rows
from .settings import Settings, read_settings

ORDERS: Schema = {
    "order_id": "BIGINT",
    "user_id": "BIGINT",
    "activity_id": "BIGINT",
    "amount": "DECIMAL(18, 2)",
    "status": "STRING",
    "created_at": "TIMESTAMP_NTZ",
}
ACTIVITIES: Schema = {
    "activity_id": "BIGINT",
    "channel": "STRING",
    "cohort": "STRING",
    "budget": "DECIMAL(18, 2)",
    "start_at": "TIMESTAMP_NTZ",
    "end_at": "TIMESTAMP_NTZ",
}
LISTED: Schema = {"activity_id": "BIGINT", "user_id": "BIGINT"}
USERS: Schema = {"user_id": "BIGINT", "grade": "STRING", "signed_up_at": "TIMESTAMP_NTZ"}


class LakeError(Exception):
    """What the lake lacks, in words, with what to do next."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Lake:
    """A folder, on a disk or behind a URL, with what `lifecycle lake push` wrote."""

    spark: SparkSession
    url: str
    orders_table: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    settings_text: str | None = None

    def path(self, name: str) -> str:
        """The place of something in the lake."""
        return f"{self.url.rstrip('/')}/{name}"

    def table(self, name: str) -> DataFrame | None:
        """A pushed table: a folder of months, or one file. `None` where there is neither."""
        for place in (self.path(name), self.path(f"{name}.parquet")):
            frame = read_if_there(self.spark, place)
            if frame is not None:
                return frame
        return None

    def needed(self, name: str) -> DataFrame:
        """A pushed table that must be there."""
        found = self.table(name)
        if found is None:
            raise LakeError(f"there is no {name} in {self.url}", f"`lifecycle lake push {self.url}` writes it")
        return found

    def meta(self) -> dict[str, str]:
        """What the pushed file said of itself."""
        found = self.table("meta")
        return {} if found is None else {row["key"]: row["value"] for row in found.select("key", "value").collect()}

    def settings(self) -> Settings:
        """The settings that were given, or those of the pushed file."""
        text = self.settings_text or self._pushed_settings() or self.meta().get("config")
        if not text:
            raise LakeError(
                f"nothing in {self.url} says which settings to use",
                "`lifecycle config --format json > settings.json`, then --settings settings.json",
            )
        return read_settings(text)

    def require_finished(self) -> None:
        """Refuses a lake in which a push was cut off between the first file that it put in its place and the last."""
        pushed = self._text("pushed.json")
        if pushed and not json.loads(pushed).get("finished", True):
            raise LakeError(
                f"the last push into {self.url} was not finished: some of its files are new and some are not",
                f"`lifecycle lake push {self.url}` again",
            )

    def _pushed_settings(self) -> str | None:
        """What `lifecycle lake push` wrote beside the tables."""
        return self._text("settings.json")

    def _text(self, name: str) -> str | None:
        """A file of text in the lake; `None` where there is none."""
        try:
            rows = self.spark.read.text(self.path(name), wholetext=True).collect()
        except AnalysisException as error:
            if is_absent(error):
                return None
            raise
        return rows[0]["value"] if rows else None

    def clock(self) -> datetime | None:
        """The pushed file's "now"."""
        clock = self.meta().get("clock")
        return parse_instant(clock) if clock else None

    def define_orders(self) -> None:
        """Defines `orders`, with the month whose folder holds each."""
        frame = self.spark.table(self.orders_table) if self.orders_table else self.needed("orders")
        given = {name: self.columns.get(name, name) for name in ORDERS}
        chosen = [f"CAST({source} AS {ORDERS[name]}) AS {name}" for name, source in given.items()]
        if "month" in self.columns:
            chosen.append(f"CAST({self.columns['month']} AS STRING) AS month")
        elif "month" in frame.columns and not self.orders_table:
            chosen.append("month")
        else:
            chosen.append(f"date_format({given['created_at']}, 'yyyy-MM') AS month")
        define(self.spark, "orders", frame.selectExpr(*chosen))

    def define_activities(self) -> None:
        """Defines `activities` and whom the lists of the listed ones name."""
        frame = self.needed("campaign_activities")
        if "cohort" not in frame.columns:
            frame = frame.selectExpr("*", "'acquired' AS cohort")
        chosen = frame.selectExpr(*(f"CAST({name} AS {kind}) AS {name}" for name, kind in ACTIVITIES.items()))
        keep_rows(self.spark, "activities", ACTIVITIES, chosen)
        listed = self.table("listed_customers")
        if listed is None:
            define_rows(self.spark, "listed_members", LISTED, [])
        else:
            define(self.spark, "listed_members", listed.select(*LISTED))

    def define_users(self) -> None:
        """Defines `users`."""
        frame = self.needed("users").selectExpr(*(f"CAST({name} AS {kind}) AS {name}" for name, kind in USERS.items()))
        define(self.spark, "users", frame)

    def graded_until(self) -> datetime:
        """The as-of of the last grade update that the pushed file knew."""
        found = self.table("grade_runs")
        last = None if found is None else found.selectExpr("max(as_of) AS as_of").collect()[0]["as_of"]
        return last or BEGINNING


# What engines say of a path with nothing at it.
_ABSENT = ("PATH_NOT_FOUND", "UNABLE_TO_INFER_SCHEMA", "No such file", "not found", "does not exist")


def read_if_there(spark: SparkSession, place: str, schema: str | None = None) -> DataFrame | None:
    """The Parquet files at a place; `None` when there are none."""
    try:
        frame = (spark.read.schema(schema) if schema else spark.read).parquet(place)
        # A remote session looks at the place only when it is asked about it.
        return frame if frame.columns else None
    except AnalysisException as error:
        if is_absent(error):
            return None
        raise


def is_absent(error: AnalysisException) -> bool:
    """Whether an engine says that there is nothing at a place."""
    return any(word in str(error) for word in _ABSENT)
