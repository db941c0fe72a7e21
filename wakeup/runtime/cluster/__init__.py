"""Several nodes on one PostgreSQL, on this machine: for a look, and to be killed. Its database server is a wheel."""
