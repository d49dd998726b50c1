"""What the tests of where things stand stand on."""

from tests.sync.actions.conftest import desk as desk  # noqa: PLC0414 -- a fixture is known by its name here
