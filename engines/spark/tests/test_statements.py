"""Macros and parameters, expanded as text."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from lifecycle_spark.calendar import folders, months_before
from lifecycle_spark.statements import expand, literal, macros_of, read_macros, statement


def test_calls_are_replaced_with_their_arguments_in_parentheses():
    macros = read_macros(
        "CREATE OR REPLACE TEMP MACRO half(n) AS n / 2; CREATE OR REPLACE TEMP MACRO total(a, b) AS a + half(b);"
    )
    assert expand("SELECT total(f(1, 2), x - 1), behalf(3)", macros) == "SELECT ((f(1, 2)) + (((x - 1)) / 2)), behalf(3)"


def test_both_engines_define_the_same_macros():
    spark, duckdb = macros_of("spark"), macros_of("duckdb")
    assert {name: macro.parameters for name, macro in spark.items()} == {
        name: macro.parameters for name, macro in duckdb.items()
    }


def test_parameters_are_typed():
    assert literal(datetime(2024, 1, 31, 0, 0, 0, 1)) == "CAST('2024-01-31 00:00:00.000001' AS TIMESTAMP)"
    assert literal(Decimal("0.35")) == "CAST('0.35' AS DECIMAL(38, 2))"
    for value in ("x' OR 1 = 1", 1.5, None, True):
        with pytest.raises((TypeError, ValueError)):
            literal(value)
    with pytest.raises(ValueError, match="takes"):
        statement("closed_windows")


def test_the_end_of_a_slice_is_no_part_of_it():
    assert folders(datetime(2024, 1, 31), datetime(2024, 3, 1)) == {"first_month": "2024-01", "last_month": "2024-02"}
    assert months_before(datetime(2024, 8, 31), 6) == datetime(2024, 2, 29)
