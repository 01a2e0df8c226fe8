"""Sign-in through a national identity provider (OpenID Connect): code flow with PKCE, state and nonce.

The identity token is checked whole: signature by the provider's keys, issuer, audience, times, nonce. Nothing of it is
kept but the provider's own key of the person (`sub`). An identity opens an account only after the owner of that
account, signed in, has linked it: no account is made by a stranger's identity, whatever address it claims.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

import jwt
from allauth.account.internal.decorators import login_not_required
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from requests import RequestException

from wildgate.kit.calling import GuardedSession

ALGORITHMS = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
"""Signatures by a private key of the provider only; a shared secret signs nothing here."""
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
LEEWAY = 30
NO_SIGN_IN = 401


class NationalAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth ships no types
    """The provider's side of the flow: its addresses and its identity token."""

    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        config: dict[str, Any] = super().openid_config
        if config.get("issuer") != settings.OIDC_ISSUER:
            raise OAuth2Error("the provider calls itself by another name than the settings")
        if missing := [name for name in NEEDED if not isinstance(config.get(name), str)]:
            raise OAuth2Error(f"the provider does not say its {missing[0]}")
        return config

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> SocialLogin:
        found = kwargs["response"].get("id_token")
        if not isinstance(found, str):
            raise OAuth2Error("no identity token")
        claims = self._decode_id_token(app, found)
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims})

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(id_token)
            claims: dict[str, Any] = jwt.decode(
                id_token, self._key(header), algorithms=[header["alg"]], audience=app.client_id,
                issuer=settings.OIDC_ISSUER, leeway=LEEWAY, options={"require": ["exp", "iat", "iss", "aud", "sub"]})
        except (jwt.PyJWTError, KeyError, ValueError) as fault:
            raise OAuth2Error("the identity token does not hold") from fault
        if not self.nonce or not secrets.compare_digest(str(claims.get("nonce", "")), self.nonce):
            raise OAuth2Error("the identity token answers another question")
        if claims.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("the identity token was made for another party")
        return claims

    def _key(self, header: dict[str, Any]) -> Any:
        """The provider's public key of that name, fit for the algorithm."""
        family = ALGORITHMS[header["alg"]]
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        named = [key for key in answer.json()["keys"] if key.get("kid") == header.get("kid") and key["kty"] == family]
        if len(named) != 1:
            raise OAuth2Error("the provider has no such key")
        return jwt.get_algorithm_by_name(header["alg"]).from_jwk(json.dumps(named[0]))


class NationalProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """What we ask for, and the little that we take."""

    oauth2_adapter_class = NationalAdapter
    pkce_enabled_default = True

    def get_default_scope(self) -> list[str]:
        return ["openid"]

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Scope and further parameters are ours, never the visitor's."""
        kwargs: dict[str, Any] = super().get_redirect_from_request_kwargs(request)
        process = kwargs.get("process")
        return {**kwargs, "scope": self.get_scope(), "auth_params": self.get_auth_params(),
                "process": process if process == AuthProcess.CONNECT else AuthProcess.LOGIN}

    def redirect(self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None,
                 **kwargs: Any) -> HttpResponse:
        nonce = secrets.token_urlsafe(24)
        params = {**kwargs.pop("auth_params", {}), "nonce": nonce}
        answer: HttpResponse = super().redirect(request, process, next_url, data, auth_params=params, nonce=nonce,
                                                **kwargs)
        return answer

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []


class Callback(OAuth2CallbackView):  # type: ignore[misc]
    """The way back: the nonce that went out with the state is what the token must carry."""

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, answer = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce", "")
        return state, answer


@login_not_required  # type: ignore[untyped-decorator]
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _through(OAuth2LoginView, request, provider_id)


@login_not_required  # type: ignore[untyped-decorator]
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _through(Callback, request, provider_id)


def _through(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        answer: HttpResponse = view.adapter_view(NationalAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist as fault:
        raise Http404 from fault
    except (OAuth2Error, RequestException):
        return render(request, "socialaccount/authentication_error.html", status=NO_SIGN_IN)
    return answer


class InvitedOnly(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """An identity that nobody linked opens nothing and makes nothing. What the provider names is called guarded."""

    def get_requests_session(self) -> GuardedSession:
        return GuardedSession()

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.state.get("process") != AuthProcess.CONNECT and not sociallogin.is_existing:
            raise ImmediateHttpResponse(render(request, "socialaccount/not_linked.html", status=NO_SIGN_IN))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False


def strong(request: HttpRequest, user: Any) -> bool:
    """Did the person come by a provider that asks for two factors itself (`WILDGATE_OIDC_STRONG`)?"""
    return settings.OIDC_STRONG and any(record.get("method") == "socialaccount"
                                        for record in get_authentication_records(request, user))


class SecondFactor(AuthenticateStage):  # type: ignore[misc]
    """The code or passkey after the password; a strong identity has done that already."""

    def _should_handle(self, request: HttpRequest) -> bool:
        return not strong(request, self.login.user) and bool(super()._should_handle(request))
