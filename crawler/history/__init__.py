"""Observations and each run's links in, the past of every link out: one SQLite file, one writer."""
