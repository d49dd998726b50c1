"""One limit holds for all processes that serve the pages."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections

from goodterms.feedback.actions.allowances import take_allowance
from goodterms.feedback.models import Asking
from goodterms.feedback.rules.allowances import Allowance
from tests.feedback.postman import Postman

FIVE = Allowance(what="something", times=5, period=timedelta(hours=1))


def test_several_at_once_get_no_more_than_one_alone(committed_db: dict[str, str], data_folder: Path) -> None:
    postman = Postman(data_folder)
    office, now = postman.office, postman.network.clock.now

    def ask(_number: int) -> bool:
        try:
            return take_allowance(office, FIVE, "192.0.2.7", now=now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        granted = list(threads.map(ask, range(12)))
    assert granted.count(True) == 5
    assert take_allowance(office, FIVE, "192.0.2.8", now=now)


@pytest.mark.django_db
def test_who_asked_is_kept_as_a_hash_and_forgotten_when_it_counts_no_more(postman: Postman) -> None:
    office, clock = postman.office, postman.network.clock
    assert take_allowance(office, FIVE, "192.0.2.7", now=clock.now)
    assert "192" not in str(Asking.objects.values_list("what", "key").get())
    clock.now += timedelta(hours=1)
    assert take_allowance(office, FIVE, "192.0.2.9", now=clock.now)
    assert Asking.objects.count() == 1
