"""The repositories of the unit of work, as protocols with their records. `storage.repositories` implements them."""
