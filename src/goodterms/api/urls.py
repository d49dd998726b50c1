"""Addresses of the API."""

from django.urls import URLPattern, URLResolver, path, re_path

from goodterms.api.faults import in_one_shape, nothing_here
from goodterms.api.v1 import api


def _in_one_shape(pattern: URLPattern | URLResolver) -> URLPattern | URLResolver:
    if isinstance(pattern, URLPattern) and pattern.callback is not None:
        pattern.callback = in_one_shape(pattern.callback)
    return pattern


_patterns, _app_name, _namespace = api.urls
urlpatterns = [
    path("v1/", ([_in_one_shape(pattern) for pattern in _patterns], _app_name, _namespace)),
    re_path(r"^(?P<rest>.*)$", in_one_shape(nothing_here)),
]
