"""Every address of the site. Each view names its access rule; a test finds one that does not."""

from __future__ import annotations

from django.urls import include, path

from wildgate.site import audit, lists, styleguide, views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("trust.cwt", lists.trust, name="trust-list"),
    path("status/<path:path>", lists.status, name="status-list"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("", include("wildgate.apps.permits.urls")),
    path("species/", include("wildgate.apps.species.urls")),
    path("", include("wildgate.apps.quotas.urls")),
    path("", include("wildgate.apps.permits.urls_officer")),
    path("", include("wildgate.apps.registers.urls")),
    path("stock/", include("wildgate.apps.stock.urls")),
    path("", include("wildgate.apps.paper.urls")),
    path("border/", include("wildgate.apps.customs.urls")),
    path("check/", include("wildgate.apps.enquiries.urls")),
    path("reports/", include("wildgate.apps.reports.urls")),
    path("audit/", audit.search, name="audit"),
    path("audit/verify/", audit.verify, name="audit-verify"),
    path("audit/permits/<str:number>/", audit.story, name="audit-permit"),
]
