"""What the tests of reading archives stand on."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sync.actions.desk import Desk


@pytest.fixture
def desk(db: None, tmp_path: Path) -> "Desk":
    """An owner with terms in force and nobody in the network."""
    from tests.sync.actions.desk import Desk  # noqa: PLC0415 -- models can't be imported before Django is set up

    return Desk(tmp_path)
