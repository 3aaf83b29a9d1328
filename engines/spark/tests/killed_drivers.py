"""Drivers killed at moments spread over a job, each run again to the end: the results must be those of a run that was not.

    python killed_drivers.py --lake LAKE --base 2024-12-01 --kills 20 -- spark-submit --master spark://HOST:7077 ... job.py

What comes after `--` begins the job; `cohort --lake ... --out ...` is added. With --base the cohorts are first computed
as of that instant, once, and the run that is killed is the incremental one after it. The lake must be on a disk of this machine.
Exits with 3 if a result differs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

import duckdb  # noqa: E402

import results  # noqa: E402


def main() -> int:
    """Runs the trial; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lake", type=Path, required=True)
    parser.add_argument("--base", metavar="T", help="compute as of T first, and kill the run after it")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--first", type=int, default=1, help="begin with the Nth of them")
    parser.add_argument("--seconds", type=float, help="how long the job takes [default: as long as it took unharmed]")
    parser.add_argument("--work", type=Path, required=True, help="a folder for the results, which is made")
    parser.add_argument("job", nargs="+")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    base, whole = args.work / "base", args.work / "whole"
    if args.base and not results_of(base):
        finish(args, base, "--as-of", args.base)
    seconds = args.seconds
    if not results_of(whole, after=base):
        renew(whole, base)
        began = time.monotonic()
        finish(args, whole)
        seconds = seconds or time.monotonic() - began
        print(f"unharmed: {seconds:.0f} s", flush=True)
    expected, differing = results_of(whole), 0
    for kill in range(args.first, args.kills + 1):
        out, after = args.work / f"killed-{kill}", (seconds or 60) * kill / (args.kills + 1)
        renew(out, base)
        left = kill_after(args, out, after)
        began = time.monotonic()
        finish(args, out)
        equal = results_of(out) == expected
        differing += not equal
        print(
            f"{kill:2}: killed after {after:5.1f} s, which left {left or 'nothing'}; "
            f"run again in {time.monotonic() - began:3.0f} s: {'equal' if equal else 'DIFFERENT'}",
            flush=True,
        )
        if equal:
            shutil.rmtree(out)
    print(f"{differing} differ", flush=True)
    return 3 if differing else 0


def renew(out: Path, base: Path) -> None:
    """Puts results back to what the base run left."""
    shutil.rmtree(out, ignore_errors=True)
    if base.exists():
        shutil.copytree(base, out)


def start(args: argparse.Namespace, out: Path, *more: str) -> subprocess.Popen:
    """Starts the job, in a group of processes of its own: the driver is a JVM and a Python process."""
    command = [*args.job, "cohort", "--lake", str(args.lake), "--out", str(out), *more]
    return subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def finish(args: argparse.Namespace, out: Path, *more: str) -> None:
    """Runs the job to its end."""
    job = start(args, out, *more)
    said, _ = job.communicate()
    if job.returncode != 0:
        sys.exit(f"the job failed with {job.returncode}:\n{said[-3000:]}")


def kill_after(args: argparse.Namespace, out: Path, seconds: float) -> str:
    """Starts the job, kills it after some seconds, and tells what it has left."""
    before = set(out.rglob("*"))
    job = start(args, out)
    try:
        job.communicate(timeout=seconds)
        return "all of it: it had ended"
    except subprocess.TimeoutExpired:
        os.killpg(job.pid, signal.SIGKILL)
        job.wait()
    new = {path.relative_to(out).parts[1] for path in set(out.rglob("*")) - before if len(path.relative_to(out).parts) > 2}
    return ", ".join(sorted(new))


def results_of(out: Path, after: Path | None = None) -> list[list[tuple]]:
    """Every row, member and state that counts; nothing where no run was committed after those of `after`."""
    runs = results.committed(out, "cohort")
    if not runs or (after and runs == results.committed(after, "cohort")):
        return []

    def read(name: str, order: str) -> list[tuple]:
        files = [str(file) for run in runs for file in sorted((out / f"cohort/{name}/run-{run}").glob("*.parquet"))]
        return duckdb.sql(f"SELECT * FROM read_parquet({files}) ORDER BY {order}").fetchall()

    return [
        read("rows", "activity_id, month_offset, run"),
        read("members", "activity_id, user_id, run"),
        read("states", "activity_id, user_id, run"),
        read("frozen", "activity_id, run"),
    ]


if __name__ == "__main__":
    sys.exit(main())
