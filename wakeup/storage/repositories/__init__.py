"""The repositories: named queries on the tables, one module a subject. They implement `usecases.repositories`."""
