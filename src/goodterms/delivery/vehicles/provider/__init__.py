"""Mail handed to a provider by its HTTP API, through django-anymail."""
