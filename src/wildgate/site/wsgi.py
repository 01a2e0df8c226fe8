"""What a web server calls."""

import os

from django.core.wsgi import get_wsgi_application

from wildgate.site.starting import without_garbage

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wildgate.site.settings")
with without_garbage():
    site = get_wsgi_application()

from wildgate.site import lists, orphans, shedding, straight, warming

application = shedding.Shedding(straight.Straight(site), shedding.places(), lists.ahead,
                                straight=shedding.straight_places())

warming.in_background()
orphans.watch()
