"""The repositories: named queries on the tables, one module per subject. They implement `usecases.repositories`."""
