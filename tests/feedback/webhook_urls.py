"""Where providers' reports go in tests."""

from django.urls import include, path

urlpatterns = [path("hooks/", include("goodterms.feedback.webhooks"))]
