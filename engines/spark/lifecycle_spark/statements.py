"""The statements of `queries/lake`: read, with their macros expanded and their parameters written in.

Macros are expanded as text, because SQL functions of one's own differ between Spark 3.5, Spark 4 and other engines
that speak its protocol. Parameters are typed values, never text from outside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib import resources

Parameter = int | Decimal | datetime | str

_COMMENT = re.compile(r"--[^\n]*")
_MACRO = re.compile(r"CREATE OR REPLACE TEMP MACRO (\w+)\(([^)]*)\) AS\s+(.*?);", re.DOTALL)
_PARAMETER = re.compile(r"\$(\w+)")
_PLAIN = re.compile(r"[\w .:-]*")


@dataclass(frozen=True)
class Macro:
    """A named expression."""

    parameters: tuple[str, ...]
    body: str


def read(name: str) -> str:
    """The text of a file of `queries/lake`."""
    return resources.files(__package__).joinpath("queries", name).read_text(encoding="utf-8")


def read_macros(text: str) -> dict[str, Macro]:
    """The macros that a file defines."""
    macros = {}
    for name, parameters, body in _MACRO.findall(_COMMENT.sub("", text)):
        macros[name] = Macro(tuple(part.strip() for part in parameters.split(",")), " ".join(body.split()))
    return macros


@cache
def macros_of(dialect: str) -> dict[str, Macro]:
    """The macros of an engine: `spark` or `duckdb`."""
    return read_macros(read(f"macros.{dialect}.sql"))


def expand(sql: str, macros: dict[str, Macro]) -> str:
    """The statement with every call of a macro replaced by its body."""
    call = re.compile(r"\b(" + "|".join(macros) + r")\(")
    position = 0
    while found := call.search(sql, position):
        arguments, end = _arguments(sql, found.end())
        macro = macros[found.group(1)]
        if len(arguments) != len(macro.parameters):
            raise ValueError(f"{found.group(1)} takes {len(macro.parameters)} arguments, not {len(arguments)}")
        given = dict(zip(macro.parameters, arguments))
        names = re.compile(r"\b(" + "|".join(macro.parameters) + r")\b(?!\()")
        body = names.sub(lambda name: f"({given[name.group(1)]})", macro.body)
        sql = f"{sql[: found.start()]}({body}){sql[end:]}"
        # What was put in may hold further calls.
        position = found.start()
    return sql


def _arguments(sql: str, start: int) -> tuple[list[str], int]:
    """The arguments of a call whose parenthesis opens before `start`, and where it ends."""
    arguments, depth, begin = [], 0, start
    for position in range(start, len(sql)):
        letter = sql[position]
        if letter == "(":
            depth += 1
        elif letter == ")" and depth > 0:
            depth -= 1
        elif letter in ",)" and depth == 0:
            arguments.append(sql[begin:position].strip())
            begin = position + 1
            if letter == ")":
                return arguments, position + 1
    raise ValueError("a call of a macro is not closed")


def literal(value: Parameter) -> str:
    """A value as SQL has it in every engine; an instant as text in a CAST, which knows no zone."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | datetime | str):
        raise TypeError(f"{value!r} is no parameter of a statement")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        digits = f"{value:f}"
        scale = len(digits.partition(".")[2])
        return f"CAST('{digits}' AS DECIMAL(38, {scale}))"
    if isinstance(value, datetime):
        return f"CAST('{value.isoformat(sep=' ', timespec='microseconds')}' AS TIMESTAMP)"
    if not _PLAIN.fullmatch(value):
        raise ValueError(f"{value!r} is no parameter of a statement")
    return f"'{value}'"


def statement(name: str, dialect: str = "spark", **parameters: Parameter) -> str:
    """The statement of a file, ready to run."""
    sql = _COMMENT.sub("", read(f"{name}.sql"))
    named = set(_PARAMETER.findall(sql))
    if named != set(parameters):
        raise ValueError(f"{name}.sql takes {sorted(named)}, not {sorted(parameters)}")
    sql = _PARAMETER.sub(lambda found: literal(parameters[found.group(1)]), sql)
    return expand(sql, macros_of(dialect)).strip()
