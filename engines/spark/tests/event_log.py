"""What a run read and moved, from Spark's event log: `python event_log.py LOG`.

Have it written with `--conf spark.eventLog.enabled=true --conf spark.eventLog.dir=file:///tmp/events
--conf spark.eventLog.rolling.enabled=false --conf spark.eventLog.compress=false`.
For the bytes read add `--conf spark.hadoop.parquet.hadoop.vectored.io.enabled=false`: what Spark reads otherwise, by
vectored reads of other threads, is in no task's count but for the files' footers.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path


def main(log: Path) -> None:
    """Prints each different scan of the orders, then the sums over all tasks."""
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    scans, values = {}, Counter()
    for event in events:
        if "sparkPlanInfo" in event:
            for node in scans_in(event["sparkPlanInfo"]):
                scans[tuple(sorted(metric["accumulatorId"] for metric in node["metrics"]))] = node
        for accumulator, value in event.get("accumUpdates", []):
            values[accumulator] = value
    shown = set()
    for node in scans.values():
        read = {metric["name"]: values[metric["accumulatorId"]] for metric in node["metrics"]}
        files, of_files = read.get("number of files read", 0), read.get("size of files read", 0)
        if files and "/orders]" in node["metadata"].get("Location", ""):
            filters = re.sub(r"#\d+", "", node["metadata"].get("PartitionFilters", "[]"))
            columns = re.sub(r":[^,>]*", "", node["metadata"].get("ReadSchema", ""))
            shown.add(f"orders: {files} files of {of_files:,} bytes, PartitionFilters: {filters}, columns {columns}")
    print("\n".join(sorted(shown)))
    tasks = [event["Task Metrics"] for event in events if event["Event"] == "SparkListenerTaskEnd" and event.get("Task Metrics")]
    print(f"{len(tasks)} tasks, {sum(task['Executor CPU Time'] for task in tasks) / 1e9:.1f} s of CPU in them")
    print(f"bytes read: {sum(task['Input Metrics']['Bytes Read'] for task in tasks):,}")
    print(f"bytes shuffled: {sum(task['Shuffle Write Metrics']['Shuffle Bytes Written'] for task in tasks):,}")
    began = [event["Timestamp"] for event in events if event["Event"] == "SparkListenerApplicationStart"]
    ended = [event["Timestamp"] for event in events if event["Event"] == "SparkListenerApplicationEnd"]
    if began and ended:
        print(f"{(ended[-1] - began[0]) / 1000:.0f} s from the application's start to its end")


def scans_in(node: dict) -> list[dict]:
    """The scans of files in a plan."""
    found = [node] if node["nodeName"].startswith("Scan parquet") else []
    return found + [scan for child in node["children"] for scan in scans_in(child)]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
