"""`python -m wakeup.bench.rivals.apscheduler FOLDER`: APScheduler with an SQL job store, on SQLite."""

from __future__ import annotations

import sys
from importlib import import_module

from wakeup.bench.rivals.job import run


def serve(folder: str) -> None:
    """Accept and run jobs in one process: a scheduler does not notice jobs that another process adds to the store."""
    stores = import_module("apscheduler.jobstores.sqlalchemy")
    schedulers = import_module("apscheduler.schedulers.background")
    store = stores.SQLAlchemyJobStore(url=f"sqlite:///{folder}/jobs.db")
    scheduler = schedulers.BackgroundScheduler(
        jobstores={"default": store}, job_defaults={"misfire_grace_time": None}, timezone="UTC"
    )
    scheduler.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        scheduler.add_job(run, args=[int(line), folder])
        sys.stdout.write(line)
        sys.stdout.flush()


if __name__ == "__main__":
    serve(sys.argv[1])
