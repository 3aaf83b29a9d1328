"""The job's command line."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from .calendar import parse_instant
from .cohort import Options, run_batch
from .grades import update_grades
from .lake import ORDERS, Lake, LakeError
from .runs import Run, Runs
from .session import open_session
from .verify import verify

# How many differing keys are printed.
MOST_KEYS = 20


def arguments() -> argparse.ArgumentParser:
    """What the job can be asked."""
    parser = argparse.ArgumentParser(prog="lifecycle-spark", description="The batch and the grade update of lifecycle, on Apache Spark")
    commands = parser.add_subparsers(dest="command", required=True)
    cohort = commands.add_parser("cohort", help="freeze the cohorts that have closed and write every row that is due")
    cohort.add_argument("--full", action="store_true", help="begin from nothing: freeze and write everything again")
    cohort.add_argument("--lookback", type=_months, default=0, metavar="N", help="first check the last N written months of each activity for late facts")
    grades = commands.add_parser("grades", help="update every customer's grade")
    check = commands.add_parser("verify", help="recompute everything from the orders; exits with 3 if anything differs")
    for command in (cohort, grades, check):
        command.add_argument("--lake", required=True, metavar="URL", help="the folder that `lifecycle lake push` wrote, on a disk or as a URL")
        command.add_argument("--out", metavar="URL", help="where results are kept [default: out in the lake]")
        command.add_argument("--orders", metavar="TABLE", help="read orders from a table of your own, by name")
        command.add_argument("--map", action="append", default=[], type=_column, metavar="COLUMN=EXPRESSION", help=f"what a column of orders is in that table: {', '.join(ORDERS)}, month (YYYY-MM, to read only some partitions)")
        command.add_argument("--settings", type=Path, metavar="FILE", help="settings, as `lifecycle config --format json` prints them [default: the pushed file's]")
        command.add_argument("--remote", metavar="sc://HOST:PORT", help="run on a Spark Connect server")
        command.add_argument("--master", metavar="MASTER", help="run on this master, such as local[*], when not under spark-submit")
        command.add_argument("--format", choices=("text", "json"), default="text", help="how the result is printed")
    for command in (cohort, grades):
        command.add_argument("--as-of", type=_instant, metavar="T", help="a date (its 00:00), or a date and time [default: the pushed file's clock]")
    return parser


def main(given: Sequence[str] | None = None) -> int:
    """Runs the job; returns the exit code."""
    args = arguments().parse_args(given)
    try:
        return _run(args)
    except LakeError as error:
        print(f"Error: {error}", file=sys.stderr)
        if error.hint:
            print(f"Hint: {error.hint}", file=sys.stderr)
        return 1


def _run(args: argparse.Namespace) -> int:
    settings_text = args.settings.read_text(encoding="utf-8") if args.settings else None
    spark = open_session(args.remote, args.master)
    lake = Lake(spark, args.lake, args.orders, dict(args.map), settings_text)
    lake.require_finished()
    settings = lake.settings()
    out = args.out or lake.path("out")
    runs = Runs(spark, out, "grades" if args.command == "grades" else "cohort")
    if args.command == "verify":
        return _verify(args, lake, runs, settings)
    as_of = args.as_of or lake.clock()
    if as_of is None:
        raise LakeError(f"nothing in {args.lake} says what its \"now\" is", "give --as-of")
    with runs.one_writer(remote=bool(args.remote)):
        # What was committed before the lock was taken.
        runs = Runs(spark, out, args.command)
        if args.command == "cohort":
            done = run_batch(lake, runs, as_of, settings, Options(args.full, args.lookback))
        else:
            done = update_grades(lake, runs, as_of, settings)
    _print_run(args, done)
    return 0


def _verify(args: argparse.Namespace, lake: Lake, runs: Runs, settings) -> int:
    found = verify(lake, runs, settings)
    differing = {"rows": found.differing_rows, "members": found.differing_members}
    if args.format == "json":
        keys = {name: [row.asDict() for row in rows] for name, rows in differing.items()}
        print(json.dumps({"rows": found.rows, "members": found.members, "differing": keys}))
    else:
        print(f"{found.rows} rows and {found.members} members compared")
        for name, rows in differing.items():
            print(f"{len(rows)} {name} differ")
            for row in rows[:MOST_KEYS]:
                print("  " + ", ".join(f"{key} {value}" for key, value in row.asDict().items()))
    return 0 if found.is_clean else 3


def _print_run(args: argparse.Namespace, done: Run) -> None:
    if args.format == "json":
        print(json.dumps({"run": done.run_id, "as_of": done.as_of.isoformat(), **done.counts}))
        return
    counted = " | ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in done.counts.items())
    print(f"{done.as_of} - {args.command} run {done.run_id} committed - {counted}")


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _months(text: str) -> int:
    if not text.isdigit() or int(text) > 120:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number of months from 0 to 120")
    return int(text)


def _column(text: str) -> tuple[str, str]:
    column, equals, expression = text.partition("=")
    if not equals or not expression or column not in (*ORDERS, "month"):
        raise argparse.ArgumentTypeError(f"`{text}` is not COLUMN=EXPRESSION with a column of {', '.join(ORDERS)}, month")
    return column, expression


if __name__ == "__main__":
    sys.exit(main())
