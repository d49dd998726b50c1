"""Reading GOODTERMS_SMTP_URL."""

import pytest

from goodterms.config import SettingsFaulty
from goodterms.delivery.vehicles.email.server import Security, Server, ServerFaulty, read_server


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://localhost", Server(security=Security.NONE, host="localhost", port=25)),
        ("smtp://[::1]:2525", Server(security=Security.NONE, host="::1", port=2525)),
        ("SMTPS://Mail.Owner.test/", Server(security=Security.TLS, host="mail.owner.test", port=465)),
        (
            "smtp+starttls://ann%40owner.test:p%40%3A%2F%25%20w@mail.owner.test",
            Server(
                security=Security.STARTTLS, host="mail.owner.test", port=587, user="ann@owner.test", password="p@:/% w"
            ),
        ),
        (
            "smtp://ann:secret@127.0.0.1:2525",
            Server(security=Security.NONE, host="127.0.0.1", port=2525, user="ann", password="secret"),
        ),
    ],
)
def test_an_address_is_read_with_the_ports_of_the_standards(url: str, expected: Server) -> None:
    assert read_server(url) == expected


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "is set"),
        ("  ", "is set"),
        ("mail.owner.test", "begins with ''"),
        ("http://mail.owner.test", "begins with 'http'"),
        ("smtps://", "names no host"),
        ("smtps://mail.owner.test:none", "has a port that is no number"),
        ("smtps://mail.owner.test:70000", "has a port that is no number"),
        ("smtps://ann@mail.owner.test", "has no password"),
        ("smtps://:s3cret@mail.owner.test", "has no user"),
        ("smtps://ann:s3cret/x@mail.owner.test", "has something after the host and port"),
        ("smtps://ann:s3cret#x@mail.owner.test", "has something after the host and port"),
        ("smtps://ann:s3cret@[mail", "is no address of a server"),
        ("smtp://ann:s3cret@mail.owner.test", "would send the password unprotected to mail.owner.test"),
    ],
)
def test_an_unusable_address_is_named_without_its_password(url: str, said: str) -> None:
    with pytest.raises(ServerFaulty, match=said) as caught:
        read_server(url)

    assert "s3cret" not in str(caught.value)
    assert isinstance(caught.value, SettingsFaulty)


def test_the_password_is_never_shown() -> None:
    server = read_server("smtps://ann:s3cret@mail.owner.test")

    assert "s3cret" not in repr(server)
    assert str(server) == "smtps://mail.owner.test:465"


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost", True), ("127.0.0.9", True), ("::1", True), ("10.0.0.1", False), ("a.test", False)],
)
def test_loopback_is_this_machine_only(host: str, expected: bool) -> None:
    assert Server(security=Security.NONE, host=host, port=25).is_loopback is expected
