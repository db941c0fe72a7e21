"""Run several nodes on one PostgreSQL on this machine, to look at or to kill. The database server comes as a wheel."""
