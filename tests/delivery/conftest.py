"""What the tests of sending stand on."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.delivery.network import Network


@pytest.fixture
def network(db: None, data_folder: Path) -> "Network":
    """An owner without people, in a database of the test's own."""
    from tests.delivery.network import Network  # noqa: PLC0415 -- models can't be imported before Django is set up

    return Network(data_folder)
