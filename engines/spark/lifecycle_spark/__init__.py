"""The grade update and the cohort LTV batch of `lifecycle`, on Apache Spark."""
