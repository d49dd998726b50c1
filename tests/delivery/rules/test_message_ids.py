"""Message-IDs."""

from goodterms.delivery.rules.message_ids import message_id_of


def test_a_copy_has_the_same_message_id_for_ever_and_no_other_copy_has_it() -> None:
    first = message_id_of("0f", "1f", 7, sender="ann@owner.test")

    assert first == message_id_of("0f", "1f", 7, sender="ann@owner.test")
    others = {
        message_id_of("0e", "1f", 7, sender="ann@owner.test"),
        message_id_of("0f", "1e", 7, sender="ann@owner.test"),
        message_id_of("0f", "1f", 8, sender="ann@owner.test"),
    }
    assert len(others | {first}) == 4


def test_it_is_in_the_senders_domain_and_ascii() -> None:
    found = message_id_of("0f", "1f", 7, sender="ann@bücher.test")

    assert found.startswith("<")
    assert found.endswith("@xn--bcher-kva.test>")
