"""The pages as an ASGI application."""

import os

from django.core.asgi import get_asgi_application

from goodterms.web.uploads import bounded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodterms.web.settings")
application = bounded(get_asgi_application())
