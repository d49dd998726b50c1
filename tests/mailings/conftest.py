"""What the tests of mailings stand on."""

from tests.delivery.conftest import network as network  # noqa: PLC0414 -- a fixture is known by its name here
