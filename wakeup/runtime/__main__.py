"""`python -m wakeup.runtime` is `wakeup`."""

from __future__ import annotations

from wakeup.runtime.cli.app import main

if __name__ == "__main__":
    main()
