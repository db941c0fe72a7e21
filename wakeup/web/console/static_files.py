"""The files that the pages load, under an address that changes with their content: a browser may keep them, and runs
none of an older version on a new page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePath

from aiohttp import web

FOLDER = Path(__file__).parent / "static"
FOREVER, AFRESH = "public, max-age=31536000, immutable", "no-cache"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_DIGITS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFiles:
    """The files as they were when the process began. An upgrade may replace them while it runs, and a browser would
    keep the new content under the old address."""

    bodies: Mapping[str, bytes] = field(repr=False)
    digest: str
    """Of all files, because the scripts load one another by relative addresses."""

    @property
    def address(self) -> str:
        return f"/console/static/{self.digest}"


def files_in(folder: Path) -> StaticFiles:
    """Read the files of a folder."""
    bodies = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in TYPES}
    each = "".join(f"{name} {sha256(body).hexdigest()}\n" for name, body in bodies.items())
    return StaticFiles(bodies=bodies, digest=sha256(each.encode()).hexdigest()[:_DIGITS])


STATIC = files_in(FOLDER)


async def give(request: web.Request) -> web.Response:
    """Return a file. A page of another version, which an upgrade leaves open, gets ours too, but no browser keeps it
    under that address."""
    name = request.match_info["file"]
    body = STATIC.bodies.get(name)
    if body is None:
        raise web.HTTPNotFound
    ours = request.match_info.get("digest") == STATIC.digest
    return web.Response(
        body=body, content_type=TYPES[PurePath(name).suffix], charset="utf-8",
        headers={"Cache-Control": FOREVER if ours else AFRESH},
    )  # fmt: skip
