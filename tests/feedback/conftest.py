"""What the tests of what comes back stand on."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.feedback.postman import Postman


@pytest.fixture
def postman(db: None, data_folder: Path) -> "Postman":
    """Somebody who has sent copies and brings back what comes of them."""
    from tests.feedback.postman import Postman  # noqa: PLC0415 -- models can't be imported before Django is set up

    return Postman(data_folder)
