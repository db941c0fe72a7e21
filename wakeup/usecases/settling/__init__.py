"""A case that is due is settled: first the bank's news, then the decision."""
