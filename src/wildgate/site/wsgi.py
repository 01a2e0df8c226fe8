"""What a web server calls."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wildgate.site.settings")
application = get_wsgi_application()

from wildgate.site import warming  # noqa: E402  (needs the settings that the line above has read)

warming.in_background()
