"""A policy with the shortest leases it may have, so that a test need not wait long; what it decides is unchanged."""

from __future__ import annotations

QUICK = """
version = "kill"

[calling]
ring_timeout = "2m"
time_limit = "2m"
line_limit = "2m"
useful_talk = "20s"
busy_gap = "30s"
no_answer_gap = "1m"
cut_short_gap = "60s"
min_gap = "20s"

[calling.destinations]
SG = ["mobile"]
GB = ["mobile"]

[tempo]
settle_margin = "2s"
claim_lease = "3s"
post_within = "1s"
sending_patience = "26s"
unknown_checks = ["1s", "2s", "3s"]
watchdog = "5s"
delivery_lease = "5s"
delivery_first_retry = "0.2s"
delivery_max_retry = "2s"

[rates]
GBP = 1.72
"""
"""These are real seconds under `[tempo]`: with a faster clock the service stretches them by itself."""
