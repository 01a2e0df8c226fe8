"""The product's own settings for an installation that a test starts, with quick passwords: its home and Party come
from the environment, as in earnest."""

from wildgate.site.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
