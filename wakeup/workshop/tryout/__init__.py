"""Play a call as the writer of a script: typed lines become what a callee does."""
