"""Record the progress of a feed in a small file beside the database: a second run adds nothing, a killed one
resumes."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from wakeup.feed.errors import FeedError
from wakeup.feed.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The progress of a feed. `start` and `seed` are the first run's, so that every run makes the same events of a
    row."""

    source: str
    mapping: str
    """Digest of the mapping; empty without one."""
    target: str = ""
    """Digest of the target service and the client: events one service has taken are new to another."""
    seed: int
    paced: bool
    start: datetime
    rows: int = 0
    """Rows with a final answer, in file order."""
    chain: str = ""
    """Digest of these rows: a file that changed before this point is another file."""
    accepted: int = 0
    known: int = 0
    rejected: int = 0

    def matches(self, other: Checkpoint) -> bool:
        """True if both are the same feed. Start, seed and pacing are those of the first run and do not count."""
        return (self.source, self.mapping, self.target) == (other.source, other.mapping, other.target)

    def advanced(self, *, rows: int, chain: str, accepted: int, known: int, rejected: int) -> Checkpoint:
        return replace(
            self,
            rows=rows,
            chain=chain,
            accepted=self.accepted + accepted,
            known=self.known + known,
            rejected=self.rejected + rejected,
        )


_FORM = TypeAdapter(Checkpoint)


def target_of(url: str, client: str) -> str:
    """Return a digest of the service at `url` and the client, since the URL may hold a password."""
    return hashlib.sha256(f"{url.rstrip('/')}\x1f{client.lower()}".encode("utf-8", "surrogateescape")).hexdigest()


def checkpoint_path(folder: Path, file: Path, target: str) -> Path:
    """Return the path of a feed's checkpoint: one for each location of a file and each target."""
    feed = f"{file.resolve()}\x1f{target}"
    place = hashlib.sha256(feed.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return folder / f"{file.stem}-{place}.json"


def resume(path: Path, fresh: Checkpoint) -> Checkpoint:
    """Return the checkpoint left by an earlier run, or `fresh`. Raises FeedError if that run was another feed's."""
    try:
        found = _FORM.validate_json(path.read_bytes())
    except FileNotFoundError:
        return fresh
    except (OSError, ValidationError):
        raise FeedError(f"{path}: cannot be read as a checkpoint; delete it to feed the file from its start") from None
    if not found.matches(fresh):
        raise FeedError(
            f"{path}: belongs to another mapping or target of this file; delete it to feed the file from its start"
        )
    return found


def save(path: Path, checkpoint: Checkpoint) -> None:
    """Replace the file atomically, on disk before it returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".tmp")
    with beside.open("wb") as file:
        file.write(_FORM.dump_json(checkpoint))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def link(chain: str, record: Record) -> str:
    return hashlib.sha256(f"{chain}{record.digest}".encode()).hexdigest()
