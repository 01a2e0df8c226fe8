"""A real OpenID provider on loopback, made of an independent library: discovery, keys, code flow with PKCE.

`claims` overrides what its identity tokens say and `key` what they are signed with, so that a test can be lied to.
"""

from __future__ import annotations

import threading
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from flask import Flask, jsonify, request
from joserfc.jwk import ECKey, RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "wildgate", "between the two of us"


class Client(ClientMixin):
    """Wildgate, as the provider knows it."""

    client_id, id_token_signed_response_alg = CLIENT, "RS256"

    def get_client_id(self) -> str:
        return CLIENT

    def get_allowed_scope(self, scope: str) -> str:
        return "openid" if "openid" in scope.split() else ""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/accounts/oidc/national/login/callback/")

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_post"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Code(AuthorizationCodeMixin):
    """A code that was given out, with what it was asked for."""

    def __init__(self, asked: Any, person: str) -> None:
        self.redirect_uri, self.scope, self.nonce = asked.redirect_uri, asked.scope, asked.data.get("nonce")
        self.code_challenge = asked.data.get("code_challenge")
        self.code_challenge_method = asked.data.get("code_challenge_method")
        self.person = person

    def get_redirect_uri(self) -> str:
        return str(self.redirect_uri)

    def get_scope(self) -> str:
        return str(self.scope)

    def get_nonce(self) -> Any:
        return self.nonce

    def get_auth_time(self) -> None:
        return None

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class Provider:
    """The server; it is there while the `with` block runs."""

    def __init__(self) -> None:
        self.person, self.claims, self.keys = "citizen-1", dict[str, Any](), RSAKey.generate_key(2048, {"kid": "one"})
        self.key: Any = self.keys
        self.codes: dict[str, Code] = {}
        self.requests: list[dict[str, str]] = []
        app = Flask("provider")
        self.http = make_server("127.0.0.1", 0, app, threaded=True)
        self.issuer = f"http://127.0.0.1:{self.http.server_port}"
        self.called = self.issuer
        self._addresses(app, self._oauth(app))

    def __enter__(self) -> Provider:
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.shutdown()
        self.http.server_close()

    def _oauth(self, app: Flask) -> AuthorizationServer:
        provider = self

        class Grant(AuthorizationCodeGrant):
            TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_post"]

            def save_authorization_code(self, code: str, request: Any) -> None:
                provider.codes[code] = Code(request.payload, request.user)

            def query_authorization_code(self, code: str, client: Client) -> Code | None:
                return provider.codes.get(code)

            def delete_authorization_code(self, authorization_code: Code) -> None:
                provider.codes.clear()

            def authenticate_user(self, authorization_code: Code) -> str:
                return authorization_code.person

        class Token(OpenIDCode):
            def exists_nonce(self, nonce: str, request: Any) -> bool:
                return False

            def resolve_client_private_key(self, client: Client) -> Any:
                return provider.key

            def get_encode_header(self, client: Client) -> dict[str, str]:
                return {"alg": self.get_client_algorithm(client), "kid": "one"}

            def get_client_algorithm(self, client: Client) -> str:
                return "ES256" if isinstance(provider.key, ECKey) else "RS256"

            def get_client_claims(self, client: Client) -> dict[str, Any]:
                return {"iss": provider.issuer, "aud": [CLIENT]}

            def generate_user_info(self, user: str, scope: str) -> UserInfo:
                return UserInfo(**{"sub": user, "email": "mario@lacuna.example", "email_verified": True,
                                   **provider.claims})

        server = AuthorizationServer(app, lambda client_id: Client() if client_id == CLIENT else None,
                                     lambda token, request: None)
        server.register_grant(Grant, [Token(require_nonce=True), CodeChallenge(required=True)])
        return server

    def _addresses(self, app: Flask, server: AuthorizationServer) -> None:
        @app.get("/.well-known/openid-configuration")
        def discovery() -> Any:
            return jsonify(issuer=self.called, authorization_endpoint=f"{self.issuer}/authorize",
                           token_endpoint=f"{self.issuer}/token", jwks_uri=f"{self.issuer}/keys",
                           userinfo_endpoint=f"{self.issuer}/me",
                           token_endpoint_auth_methods_supported=["client_secret_post"])

        @app.get("/keys")
        def keys() -> Any:
            return jsonify(keys=[self.keys.as_dict(private=False, use="sig", alg="RS256")])

        @app.get("/authorize")
        def authorize() -> Any:
            self.requests.append(dict(request.args))
            grant = server.get_consent_grant(end_user=self.person)
            return server.create_authorization_response(grant_user=self.person, grant=grant)

        @app.post("/token")
        def token() -> Any:
            return server.create_token_response()
