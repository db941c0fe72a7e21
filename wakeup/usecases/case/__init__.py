"""Operations on one case that many use cases share: its parties and calls, its place in the queue, SMS to its
customer."""
