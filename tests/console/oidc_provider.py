"""An OpenID provider on loopback that knows the bank's people: it responds as the test wants, and checks what a
good provider checks.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "wakeup-console", "s3cret of the console"


@cache
def own_key() -> RSAKey:
    """The provider's own. Made only where it is needed, because it takes a tenth of a second."""
    return RSAKey.generate_key(2048, {"kid": "k", "use": "sig"})


@cache
def another_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "k", "use": "sig"})


def weak_key() -> OctKey:
    """The client's secret, with which anyone who knows it could sign."""
    return OctKey.import_key(SECRET.encode())


@dataclass
class OidcProvider:
    now: Any
    url: str = ""
    subject: str = "248289761001"
    claims: dict[str, Any] = field(default_factory=dict)
    """Claims that replace those of a good provider."""
    header: dict[str, str] = field(default_factory=lambda: {"alg": "RS256", "kid": "k"})
    key: Callable[[], Any] = own_key
    issuer: str | None = None
    padding: int = 0
    """Number of bytes added to the key document."""
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def authorise(self, location: str) -> str:
        """A person signs in at the provider. Returns the query of the redirect back to the console."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert location.startswith(f"{self.url}/authorize?")
        assert (query["response_type"], query["client_id"], query["scope"]) == ("code", CLIENT, "openid")
        assert query["code_challenge_method"] == "S256"
        code = f"code{len(self.asked)}"
        self.asked[code] = query
        return f"code={code}&state={query['state']}"

    async def discovery(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.issuer or self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
            }
        )

    async def keys(self, request: web.Request) -> web.StreamResponse:
        """Send the keys in two pieces, as a long document arrives; the second follows when the first was read."""
        document = json.dumps({"keys": [own_key().as_dict(private=False)], "padding": " " * self.padding}).encode()
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(document[:100])
        for _ in range(20):
            await asyncio.sleep(0)
        await answer.write(document[100:])
        return answer

    async def token(self, request: web.Request) -> web.Response:
        form = await request.post()
        asked = self.asked.pop(str(form["code"]), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        good = {
            "code": asked is not None,
            "client": request.headers.get("Authorization") == f"Basic {basic}",
            "pkce": asked is not None and asked["code_challenge"] == challenge,
            "redirect": asked is not None and asked["redirect_uri"] == form["redirect_uri"],
        }
        self.refused += [name for name, fine in good.items() if not fine]
        if asked is None or self.refused:
            return web.json_response({"error": "invalid_grant"}, status=400)
        now = int(self.now().timestamp())
        claims = {
            "iss": self.url, "sub": self.subject, "aud": CLIENT, "iat": now, "exp": now + 300,
            "nonce": asked["nonce"], **self.claims,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        algorithms = [self.header["alg"]]
        signed = jwt.encode(self.header, claims, self.key(), algorithms=algorithms)
        return web.json_response({"id_token": signed, "access_token": "a", "token_type": "Bearer"})


@asynccontextmanager
async def open_oidc_provider(now: Any) -> AsyncIterator[OidcProvider]:
    provider = OidcProvider(now)
    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", provider.discovery)
    app.router.add_get("/keys", provider.keys)
    app.router.add_post("/token", provider.token)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    provider.url = "http://{}:{}".format(*runner.addresses[0][:2])
    try:
        yield provider
    finally:
        await runner.cleanup()
