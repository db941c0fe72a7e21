"""Make `python -m wakeup.runtime` the same as `wakeup`."""

from __future__ import annotations

from wakeup.runtime.cli.app import main

if __name__ == "__main__":
    main()
