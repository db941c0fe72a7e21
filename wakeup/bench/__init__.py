"""Benchmarks. Each measures its rival or its limit in the same run, on the same machine, and gives a ratio."""
