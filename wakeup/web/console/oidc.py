"""OpenID Connect as the relying party: authorization code with PKCE, state and nonce.

An ID token counts only when signature, issuer, audience, time and nonce are right. The libraries are imported only
when single sign-on is used.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from wakeup.domain.errors import WakeupError
from wakeup.web.parts import SignOn

SCOPE = "openid"
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""Asymmetric ones only, so that only the issuer can sign."""
LEEWAY_S = 60
MAX_BYTES, PIECE_BYTES = 256 << 10, 64 << 10
TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5)


class SsoError(WakeupError):
    """Single sign-on failed. The message names the step and repeats nothing that was received."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """The secrets of one sign-in."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


async def address(sign_on: SignOn, secrets: Secrets) -> str:
    """Return the URL to which the browser is sent. Raises SsoError."""
    from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # noqa: PLC0415
    from authlib.oauth2.rfc7636 import create_s256_code_challenge  # noqa: PLC0415

    async with _session() as session:
        found = await _discover(session, sign_on)
    made: str = prepare_grant_uri(
        found["authorization_endpoint"], sign_on.client_id, "code", redirect_uri=sign_on.back_url, scope=SCOPE,
        state=secrets.state, nonce=secrets.nonce, code_challenge_method="S256",
        code_challenge=create_s256_code_challenge(secrets.verifier),
    )  # fmt: skip
    return made


async def subject_of(sign_on: SignOn, secrets: Secrets, code: str, unix_s: float) -> str:
    """Return the subject to whom this code belongs. Raises SsoError."""
    async with _session() as session:
        found = await _discover(session, sign_on)
        tokens = await _exchange(session, sign_on, found["token_endpoint"], code, secrets.verifier)
        keys = await _get(session, found["jwks_uri"], "keys")
    return _checked(sign_on, secrets, tokens, keys, int(unix_s))


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar())


async def _discover(session: aiohttp.ClientSession, sign_on: SignOn) -> dict[str, str]:
    found = await _get(session, f"{sign_on.issuer.rstrip('/')}/.well-known/openid-configuration", "discovery")
    wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if found.get("issuer") != sign_on.issuer:
        raise SsoError("the issuer calls itself otherwise")
    # The addresses it names must have the issuer's scheme, so that they are protected in the same way.
    scheme = sign_on.issuer.partition("://")[0]
    if not all(isinstance(found.get(name), str) and found[name].startswith(f"{scheme}://") for name in wanted):
        raise SsoError("the discovery document lacks an address")
    return {name: found[name] for name in wanted}


async def _exchange(
    session: aiohttp.ClientSession, sign_on: SignOn, url: str, code: str, verifier: str
) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": sign_on.back_url,
        "code_verifier": verifier,
    }
    headers = {}
    if sign_on.client_secret is None:
        form["client_id"] = sign_on.client_id
    else:
        headers["Authorization"] = aiohttp.encode_basic_auth(sign_on.client_id, sign_on.client_secret)
    return await _read(session, "POST", url, "tokens", data=form, headers=headers)


async def _get(session: aiohttp.ClientSession, url: str, step: str) -> dict[str, Any]:
    return await _read(session, "GET", url, step)


async def _read(session: aiohttp.ClientSession, method: str, url: str, step: str, **more: Any) -> dict[str, Any]:
    failure: SsoError
    try:
        async with session.request(method, url, allow_redirects=False, **more) as answer:
            if answer.status != 200:
                raise SsoError(f"{step}: answered {answer.status}")
            body = bytearray()
            async for piece in answer.content.iter_chunked(PIECE_BYTES):
                body += piece
                if len(body) > MAX_BYTES:
                    raise SsoError(f"{step}: longer than {MAX_BYTES} bytes")
        content = json.loads(body)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        failure = SsoError(f"{step}: {type(error).__name__}")
    else:
        if isinstance(content, dict):
            return content
        failure = SsoError(f"{step}: no object")
    # Raised here, outside the handler: the library's own error contains addresses and what was sent.
    raise failure


def _checked(sign_on: SignOn, secrets: Secrets, tokens: dict[str, Any], keys: dict[str, Any], now: int) -> str:
    from authlib.oidc.core import CodeIDToken  # noqa: PLC0415
    from joserfc import jwt  # noqa: PLC0415
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import KeySet  # noqa: PLC0415

    failure: SsoError
    try:
        signed = jwt.decode(tokens["id_token"], KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type]
        claims = CodeIDToken(
            signed.claims,
            signed.header,
            {
                "iss": {"essential": True, "value": sign_on.issuer},
                "aud": {"essential": True, "value": sign_on.client_id},
            },
            {"nonce": secrets.nonce, "client_id": sign_on.client_id, "access_token": tokens.get("access_token")},
        )
        claims.validate(now, LEEWAY_S)
    except (JoseError, KeyError, TypeError, ValueError) as error:
        failure = SsoError(f"identity: {type(error).__name__}")
    else:
        subject = claims["sub"]
        if isinstance(subject, str) and subject:
            return subject
        failure = SsoError("identity: no subject")
    raise failure
