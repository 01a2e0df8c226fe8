"""What a web server calls."""

import os

from django.core.wsgi import get_wsgi_application

from wildgate.site.starting import without_garbage

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wildgate.site.settings")
with without_garbage():
    site = get_wsgi_application()

from wildgate.site import lists, orphans, shedding, warming

application = shedding.Shedding(site, shedding.places(), lists.ahead)

warming.in_background()
orphans.watch()
