"""`python -m wakeup.bench.rivals.celery FOLDER URL`: Celery with Redis, client and worker, default settings.

By default it acknowledges a job to the broker before it runs it, and prefetches some.
"""

from __future__ import annotations

import sys
from importlib import import_module
from threading import Event, Thread
from typing import Any

from wakeup.bench.rivals.job import run

START_S = 60.0


def serve(folder: str, url: str) -> None:
    """Send the numbers read to the broker, and run the jobs in threads."""
    app: Any = import_module("celery").Celery("rival", broker=url, set_as_current=True)
    app.conf.update(broker_connection_retry_on_startup=True, worker_hijack_root_logger=False)

    @app.task(name="job")  # type: ignore[untyped-decorator]
    def job(number: int) -> None:
        run(number, folder)

    ready = Event()
    worker = import_module("celery.worker").WorkController(
        app=app, pool_cls="threads", concurrency=10, ready_callback=lambda _consumer: ready.set()
    )
    Thread(target=worker.start, daemon=True).start()
    if not ready.wait(START_S):
        sys.exit("the worker did not come up")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        job.delay(int(line))
        sys.stdout.write(line)
        sys.stdout.flush()


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2])
