"""Staff look at cases: their queue, what they do on a case, and contests."""
