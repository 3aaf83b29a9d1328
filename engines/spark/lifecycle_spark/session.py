"""A session set up so that Spark computes what DuckDB computes."""

from __future__ import annotations

import os

from pyspark.sql import SparkSession

# Instants without a zone, errors instead of wrapped numbers, folders named after months read as text.
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
}


def open_session(remote: str | None = None, master: str | None = None) -> SparkSession:
    """Connects to a Spark Connect server, or makes the session of `spark-submit` or of this machine."""
    builder = SparkSession.builder
    if remote:
        builder = builder.remote(remote)
    else:
        builder = builder.appName("lifecycle")
        if master:
            # On one machine 200 partitions, Spark's default, cost more than the work.
            builder = builder.master(master).config("spark.sql.shuffle.partitions", str(2 * (os.cpu_count() or 2)))
            builder = builder.config("spark.ui.showConsoleProgress", "false")
    spark = builder.getOrCreate()
    if not remote:
        # What is looked for and not there is no cause for pages of warnings.
        spark.sparkContext.setLogLevel("ERROR")
    for key, value in SETTINGS.items():
        spark.conf.set(key, value)
    return spark
