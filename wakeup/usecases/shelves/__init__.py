"""The shelves of the unit of work, as protocols with their records. `storage.shelves` implements them."""
