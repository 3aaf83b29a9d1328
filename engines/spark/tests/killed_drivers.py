"""Drivers killed at moments spread over a job, each run again to the end: the results must be those of a run that was not.

    python killed_drivers.py --lake LAKE --base 2024-12-01 --kills 20 -- spark-submit --master spark://HOST:7077 ... job.py

What comes after `--` begins the job; `cohort --lake ... --out ...` is added. With --base the cohorts are first computed
as of that instant, once, and the run that is killed is the incremental one after it. The lake must be on a disk of this machine.
The moments are counted in the driver's CPU time, so that a busy machine does not move them; that needs Linux's /proc.
Exits with 3 if a result differs.
"""

from __future__ import annotations

import argparse
import os
import resource
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
    parser.add_argument("--seconds", type=float, help="the driver's CPU time [default: what it took unharmed]")
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
        began, used = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        finish(args, whole)
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
        print(f"unharmed: {time.monotonic() - began:.0f} s, {taken:.1f} s of CPU in the driver", flush=True)
        seconds = seconds or taken
    expected, killed, differing = results_of(whole), 0, 0
    for kill in range(args.first, args.kills + 1):
        out, after = args.work / f"killed-{kill}", (seconds or 20) * kill / (args.kills + 1)
        renew(out, base)
        left = kill_after(args, out, after)
        began = time.monotonic()
        finish(args, out)
        equal = results_of(out) == expected
        differing += not equal
        killed += left is not None
        print(
            f"{kill:2}: "
            + ("had ended" if left is None else f"killed after {after:4.1f} s of CPU, which left {left or 'nothing'}")
            + "; "
            f"run again in {time.monotonic() - began:3.0f} s: {'equal' if equal else 'DIFFERENT'}",
            flush=True,
        )
        if equal:
            shutil.rmtree(out)
    print(f"{killed} killed, {differing} differ", flush=True)
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


def kill_after(args: argparse.Namespace, out: Path, seconds: float) -> str | None:
    """Starts the job, kills it once it has used some seconds of CPU, and tells what it has left; `None` if it ended before."""
    before = set(out.rglob("*"))
    job = start(args, out)
    while cpu_of(job.pid) < seconds:
        try:
            job.communicate(timeout=0.1)
            return None
        except subprocess.TimeoutExpired:
            continue
    os.killpg(job.pid, signal.SIGKILL)
    job.communicate()
    new = {path.relative_to(out).parts[1] for path in set(out.rglob("*")) - before if len(path.relative_to(out).parts) > 2}
    return ", ".join(sorted(new))


def cpu_of(group: int) -> float:
    """The CPU time that a group of processes has used, with that of the children that they have waited for."""
    ticks = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            # What follows the name, which may hold anything: state, parent, group, ...
            fields = file.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


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
