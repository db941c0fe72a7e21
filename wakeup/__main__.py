"""The `wakeup` command, and `python -m wakeup`."""

from __future__ import annotations

try:
    from wakeup.cli.app import main
except KeyboardInterrupt:
    # Ctrl-C before any command runs: the exit code a shell gives it, and no traceback.
    raise SystemExit(130) from None

__all__ = ["main"]

if __name__ == "__main__":
    main()
