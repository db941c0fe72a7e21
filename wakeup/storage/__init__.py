"""The only SQL: tables, named queries, the unit of work, and the Store that runs use cases."""
