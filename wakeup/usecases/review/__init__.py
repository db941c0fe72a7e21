"""People look at cases: their queue, what they do on a case, contests, and the later truth."""
