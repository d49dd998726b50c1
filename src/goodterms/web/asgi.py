"""The pages as an ASGI application."""

import gc
import os
import warnings

from django.core.asgi import get_asgi_application
from django.urls import get_resolver

from goodterms.web.uploads import bounded

# Static files are small and already in memory when they are sent: nothing waits for them.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodterms.web.settings")
_pages = bounded(get_asgi_application())

from goodterms.web.oneclick import ExitWriter, with_one_click  # noqa: E402 -- tables can be named once Django is set up

application = with_one_click(_pages, ExitWriter())

# What is loaded once stays: read before the first request, and then left out when memory is looked through for what
# is over, which would hold a request up by a tenth of a second now and then.
_ = get_resolver().reverse_dict
gc.collect()
gc.freeze()
