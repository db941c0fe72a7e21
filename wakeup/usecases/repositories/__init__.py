"""The repositories of the unit of work, as protocols, and their records. `storage.repositories` implements them,
module for module."""
