"""The API description, for machines and for people. The page is served entirely by this process, without the
internet."""

from __future__ import annotations

import json
from functools import cache
from typing import Final

from aiohttp import web
from swagger_ui_bundle import swagger_ui_path

from wakeup.web.openapi.document import build
from wakeup.web.openapi.openapi_3_0 import as_3_0

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FILES: Final = frozenset({"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"})
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Wakeup API</title>
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="description"></div>
<noscript>The description for machines is at <a href="/openapi.json">/openapi.json</a>.</noscript>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
  url: "/docs/openapi-3.0.json",
  dom_id: "#description",
  deepLinking: true,
  validatorUrl: null,
  supportedSubmitMethods: [],
  defaultModelsExpandDepth: 0
});
"""


@cache
def _description() -> bytes:
    return json.dumps(build(), ensure_ascii=False).encode()


@cache
def _older_description() -> bytes:
    return json.dumps(as_3_0(build()), ensure_ascii=False).encode()


async def openapi(_request: web.Request) -> web.Response:
    return web.Response(body=_description(), content_type="application/json")


async def older_openapi(_request: web.Request) -> web.Response:
    return web.Response(body=_older_description(), content_type="application/json")


async def page(_request: web.Request) -> web.Response:
    return web.Response(text=_PAGE, content_type="text/html", headers={"Content-Security-Policy": POLICY})


async def start(_request: web.Request) -> web.Response:
    return web.Response(text=_START, content_type="text/javascript")


async def file(request: web.Request) -> web.StreamResponse:
    name = request.match_info["file"]
    if name not in FILES:
        raise web.HTTPNotFound
    return web.FileResponse(swagger_ui_path / name)
