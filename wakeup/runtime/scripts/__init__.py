"""Scripts as files: how they are read, joined, checked and shown."""
