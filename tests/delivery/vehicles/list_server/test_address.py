"""Reading GOODTERMS_LIST_SERVER."""

import pytest

from goodterms.delivery.vehicles.list_server.address import ListServerFaulty, read_list_server
from goodterms.delivery.vehicles.list_server.listmonk import Listmonk
from goodterms.delivery.vehicles.list_server.mailman import Mailman


@pytest.mark.parametrize(
    ("url", "kind", "name"),
    [
        ("mailman+https://rest:p%2Fw@lists.example/updates@lists.example", Mailman, "updates.lists.example"),
        ("mailman+http://rest:pw@127.0.0.1:8001/updates.lists.example", Mailman, "updates.lists.example"),
        ("listmonk+https://api:token@lists.example/3", Listmonk, "lists.example/3"),
        ("listmonk+http://api:token@localhost:9000/3/", Listmonk, "localhost/3"),
    ],
)
def test_it_names_a_list(url: str, kind: type, name: str) -> None:
    server = read_list_server(url)
    assert isinstance(server, kind)
    assert server.name == name


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "is set"),
        ("https://u:secret@lists.example/3", "must be one of"),
        ("mailman+https://lists.example/updates", "no user"),
        ("mailman+https://u@lists.example/updates", "no password"),
        ("mailman+https://u:secret@lists.example", "no list"),
        ("mailman+https://u:secret@/updates", "no host"),
        ("listmonk+https://u:secret@lists.example/news", "have numbers"),
        ("mailman+http://u:secret@lists.example/updates", "unprotected"),
        ("listmonk+https://u:secret@lists.example:no/3", "no address"),
    ],
)
def test_what_can_not_be_used_is_refused_without_showing_the_password(url: str, says: str) -> None:
    with pytest.raises(ListServerFaulty, match=says) as refused:
        read_list_server(url)
    assert "secret" not in str(refused.value)
