"""The pages as an ASGI application."""

import os
import warnings

from django.core.asgi import get_asgi_application

from goodterms.web.uploads import bounded

# Static files are small and already in memory when they are sent: nothing waits for them.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodterms.web.settings")
application = bounded(get_asgi_application())
