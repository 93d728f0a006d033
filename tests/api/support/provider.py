"""A small OpenID Connect provider on loopback that does what the specification says.

It checks the client, the code, the address to lead back to and the PKCE verifier by itself, with
the standard library; tests bend it by its fields to see what a client takes from a bad one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

CLIENT, SECRET = "oreline", "hush"
Key = RSAKey | ECKey


@dataclass
class SmallProvider:
    """What the provider knows; ``person`` is who sits before the browser."""

    now_s: Callable[[], float]
    issuer: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    key: Key = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signs_with: Key | None = None
    algorithm: str = "RS256"
    shared_secret: bytes | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    is_down: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    keys_read: int = 0

    def claims(self, nonce: str) -> dict[str, Any]:
        now = int(self.now_s())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            **self.person,
            **self.changes,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, nonce: str) -> str:
        key = self.signs_with or self.key
        if self.algorithm == "none":
            return _signed_part({"alg": "none"}, self.claims(nonce)) + "."
        if self.shared_secret is not None:
            # By hand: the library refuses to sign with a public key.
            part = _signed_part({"alg": "HS256", "kid": key.kid}, self.claims(nonce))
            code = hmac.new(self.shared_secret, part.encode(), hashlib.sha256).digest()
            return f"{part}.{_b64(code)}"
        header = {"alg": self.algorithm, "kid": key.kid}
        return jwt.encode(header, self.claims(nonce), key, algorithms=[self.algorithm])

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.middleware("http")
        async def down(request: Request, go_on: Any) -> Response:
            if self.is_down:
                return Response("out of order", 500)
            return await go_on(request)  # type: ignore[no-any-return]

        @app.get("/.well-known/openid-configuration")
        def discovery() -> dict[str, Any]:
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "response_types_supported": ["code"],
                "code_challenge_methods_supported": ["S256"],
            }

        @app.get("/keys")
        def keys() -> dict[str, Any]:
            self.keys_read += 1
            return {"keys": [self.key.as_dict(private=False)]}

        @app.get("/authorize")
        def authorize(request: Request) -> Response:
            query = dict(request.query_params)
            assert query["response_type"] == "code"
            assert query["client_id"] == CLIENT
            assert "openid" in query["scope"].split()
            assert query["code_challenge_method"] == "S256"
            code = secrets.token_urlsafe(16)
            self.codes[code] = query
            back = f"{query['redirect_uri']}?code={code}&state={query['state']}"
            return RedirectResponse(back, 303)

        @app.post("/token")
        async def token(request: Request) -> Response:
            form = await request.form()
            expected = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
            asked = self.codes.pop(str(form.get("code")), None)
            digest = hashlib.sha256(str(form.get("code_verifier")).encode()).digest()
            if (
                request.headers.get("authorization") != expected
                or form.get("grant_type") != "authorization_code"
                or asked is None
                or asked["redirect_uri"] != form.get("redirect_uri")
                or asked["code_challenge"] != _b64(digest)
            ):
                return JSONResponse({"error": "invalid_grant"}, 400)
            answer = {"access_token": "a", "token_type": "Bearer", "id_token": ""}
            return JSONResponse({**answer, "id_token": self.token(asked["nonce"])})

        return app


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _signed_part(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return ".".join(_b64(json.dumps(part).encode()) for part in (header, claims))
