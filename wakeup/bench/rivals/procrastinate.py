"""`python -m wakeup.bench.rivals.procrastinate FOLDER URL`: Procrastinate on PostgreSQL, client and worker."""

from __future__ import annotations

import asyncio
import sys
from importlib import import_module
from typing import Any

from wakeup.bench.rivals.job import run


async def serve(folder: str, url: str) -> None:
    """Defer a job for each number read, and run the jobs."""
    library: Any = import_module("procrastinate")
    app = library.App(connector=library.PsycopgConnector(conninfo=url))

    @app.task(name="job")  # type: ignore[untyped-decorator]
    async def job(number: int) -> None:
        await asyncio.to_thread(run, number, folder)

    async with app.open_async():
        if not await app.check_connection_async():
            await app.schema_manager.apply_schema_async()
        worker = asyncio.create_task(
            app.run_worker_async(concurrency=10, install_signal_handlers=False, listen_notify=True)
        )
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while line := await asyncio.to_thread(sys.stdin.readline):
            await job.defer_async(number=int(line))
            sys.stdout.write(line)
            sys.stdout.flush()
        worker.cancel()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2]))
