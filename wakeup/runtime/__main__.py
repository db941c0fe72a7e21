"""Make `python -m wakeup.runtime` the same as `wakeup`."""

from __future__ import annotations

try:
    from wakeup.runtime.cli.app import main
except KeyboardInterrupt:
    # As `wakeup` ends.
    raise SystemExit(130) from None

if __name__ == "__main__":
    main()
