"""Addresses of people and organisations: the way in, one's own organisation, mandates, and the desks for them."""

from __future__ import annotations

from django.urls import path

from wildgate.apps.accounts import identity
from wildgate.apps.accounts.views import firm, guarding, joining, mandates, organisations, people, sessions

urlpatterns = [
    path("register/", joining.register, name="register"),
    path("register/sent/", joining.mailbox, name="register-mailbox"),
    path("register/link/<str:token>/", joining.mailed_link, name="mailed-link"),
    path("firm/", firm.firm, name="firm"),
    path("firm/<int:organisation>/invite/", firm.invite, name="firm-invite"),
    path("firm/invitations/<int:link>/take-back/", firm.take_back, name="invitation-take-back"),
    path("firm/posts/<int:post>/", firm.post, name="firm-post"),
    path("mandates/", mandates.mandates, name="mandates"),
    path("mandates/give/", mandates.give, name="mandate-give"),
    path("mandates/<int:mandate>/end/", mandates.end, name="mandate-end"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/<int:pk>/", organisations.organisation, name="organisation"),
    path("organisations/<int:pk>/decide/", organisations.decide, name="organisation-decide"),
    path("people/", people.people, name="people"),
    path("people/add/", people.add, name="person-add"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/posts/", people.give_post, name="person-post"),
    path("people/<int:pk>/posts/<int:post>/end/", people.end_post, name="person-post-end"),
    path("people/<int:pk>/account/", people.account, name="person-account"),
    path("authorities/", people.authorities, name="authorities"),
    path("authorities/add/", people.authority, name="authority-add"),
    path("authorities/<int:pk>/", people.authority, name="authority"),
    path("interests/", guarding.interests, name="interests"),
    path("interests/all/", guarding.interests_all, name="interests-all"),
    path("interests/<int:pk>/end/", guarding.interest_end, name="interest-end"),
    path("emergency/", guarding.emergency, name="emergency"),
    path("emergencies/", guarding.emergencies, name="emergencies"),
    path("emergencies/<int:pk>/review/", guarding.emergency_review, name="emergency-review"),
    path("accounts/sessions/", sessions.sessions, name="sessions"),
    path("accounts/oidc/<slug:provider_id>/login/", identity.login, name="openid_connect_login"),
    path("accounts/oidc/<slug:provider_id>/login/callback/", identity.callback, name="openid_connect_callback"),
]
