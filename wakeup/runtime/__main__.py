"""`python -m wakeup.runtime` is `wakeup`."""

from __future__ import annotations

try:
    from wakeup.runtime.cli.app import main
except KeyboardInterrupt:
    # As `wakeup` ends.
    raise SystemExit(130) from None

if __name__ == "__main__":
    main()
