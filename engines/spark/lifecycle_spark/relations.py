"""Relations under the names that the statements read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from pyspark.sql import DataFrame, Row, SparkSession

from .statements import Parameter, statement

# Column definitions, as Spark writes them.
Schema = dict[str, str]


def define(spark: SparkSession, name: str, frame: DataFrame) -> DataFrame:
    """Gives a frame the name that statements read it by."""
    frame.createOrReplaceTempView(name)
    return frame


def run(spark: SparkSession, name: str, **parameters: Parameter) -> DataFrame:
    """The result of a statement of `queries/lake`, not computed yet."""
    return spark.sql(statement(name, **parameters))


def define_rows(spark: SparkSession, name: str, schema: Schema, rows: Sequence[Row | tuple]) -> None:
    """Defines a small relation by its rows: the planner knows them and sends them to every worker."""
    if not rows:
        define(spark, name, nothing(spark, schema))
        return
    columns = ", ".join(f"CAST({column} AS {kind}) AS {column}" for column, kind in schema.items())
    values = ", ".join("(" + ", ".join(_text(value) for value in row) + ")" for row in rows)
    define(spark, name, spark.sql(f"SELECT {columns} FROM VALUES {values} AS given ({', '.join(schema)})"))


def nothing(spark: SparkSession, schema: Schema) -> DataFrame:
    """A relation without a row."""
    columns = ", ".join(f"CAST(NULL AS {kind}) AS {column}" for column, kind in schema.items())
    return spark.sql(f"SELECT {columns} WHERE 1 = 0")


def keep_rows(spark: SparkSession, name: str, schema: Schema, frame: DataFrame) -> list[Row]:
    """Computes a small relation once and defines it by its rows."""
    rows = frame.select(*schema).collect()
    define_rows(spark, name, schema, rows)
    return rows


def _text(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        # Hexadecimal: what is in a text cannot be taken for SQL.
        return f"CAST(X'{value.encode().hex()}' AS STRING)" if value else "''"
    if isinstance(value, datetime):
        return f"'{value.isoformat(sep=' ', timespec='microseconds')}'"
    if isinstance(value, date):
        return f"'{value.isoformat()}'"
    if isinstance(value, Decimal):
        return f"'{value:f}'"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    raise TypeError(f"{value!r} is no value of a small relation")
