"""Signatures that others can check, whatever is in the message."""

from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import dkim
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from goodterms.updates.message import Letter, Mailbox, list_id, message_id, message_of
from goodterms.updates.rendering import Copy, compile_update, copy_of
from goodterms.updates.signing import Signer, SigningKeyFaulty, new_keys, read_signer, signer_of
from goodterms.updates.source import read_update
from tests.updates.made_up import BOB, NOW, UPDATE, footer, ways

LETTER = Letter(
    sender=Mailbox(name="Alice Able", address="alice@able.example"),
    recipient=Mailbox(name="Zoë Byte", address="bob@boats.test"),
    message_id=message_id("abc234", "able.example"),
    list_id=list_id("F00D", "able.example"),
    ways=ways("https://out.example"),
    reply_to=Mailbox(address="news@able.example"),
)
COPY = copy_of(compile_update(read_update(UPDATE, "a.md")), BOB, footer("https://out.example"))


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "dkim.pem"
    path.write_bytes(new_keys())
    return path


@pytest.fixture(scope="module")
def signer(keys: Path) -> Signer:
    return read_signer(keys, selector="s1", domain="able.example")


@pytest.fixture(autouse=True, scope="module")
def _ed25519() -> Iterator[None]:
    """Let dkimpy check Ed25519: it looks for PyNaCl for the arithmetic alone."""

    class VerifyKey:
        def __init__(self, text: bytes, encoder: object) -> None:
            self._key = Ed25519PublicKey.from_public_bytes(b64decode(text))

        def verify(self, message: bytes, signature: bytes) -> None:
            self._key.verify(signature, message)  # raises InvalidSignature

    with pytest.MonkeyPatch.context() as patched:
        known = SimpleNamespace(
            signing=SimpleNamespace(VerifyKey=VerifyKey),
            encoding=SimpleNamespace(Base64Encoder=None),
            exceptions=SimpleNamespace(BadSignatureError=InvalidSignature, ValueError=ValueError),
        )
        patched.setattr(dkim, "nacl", known, raising=False)
        patched.setattr(dkim, "NACL_AVAILABLE", True, raising=False)
        yield


def is_valid(content: bytes, signer: Signer, place: int) -> bool:
    """Ask dkimpy about the signature at a place; the DNS is what the signer says of itself."""
    records = dict(signer.records())
    looked_up = lambda name, timeout=5: records[name.decode().rstrip(".")].encode()  # noqa: E731
    try:
        return bool(dkim.DKIM(content).verify(idx=place, dnsfunc=looked_up))
    except dkim.ValidationError:
        return False


def signed(signer: Signer, copy: Copy = COPY, letter: Letter = LETTER) -> bytes:
    return signer.signed(message_of(copy, letter, now=NOW).content, now=NOW)


@pytest.mark.parametrize("place", [0, 1])
def test_a_signature_by_each_key_is_valid(signer: Signer, place: int) -> None:
    content = signed(signer)
    assert content.count(b"DKIM-Signature: ") == 2
    assert content.index(b"a=rsa-sha256") < content.index(b"a=ed25519-sha256")
    assert is_valid(content, signer, place)


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"moved", b"mowed"),
        (b"To: ", b"To: x"),
        (b"Subject: ", b"Subject: x"),
        (b"Message-ID: <", b"Message-ID: <x"),
        (b"List-Unsubscribe: <https://out", b"List-Unsubscribe: <https://in"),
        (b"List-Unsubscribe-Post: List", b"List-Unsubscribe-Post: Lost"),
        (b"Reply-To: ", b"Reply-To: x"),
        (b"MIME-Version", b"From: Mallory <m@evil.test>\r\nMIME-Version"),
    ],
)
def test_whatever_is_changed_on_the_way_shows(signer: Signer, place: int, old: bytes, new: bytes) -> None:
    content = signed(signer)
    assert old in content
    assert not is_valid(content.replace(old, new), signer, place)


def test_what_servers_may_change_does_not_matter(signer: Signer) -> None:
    content = signed(signer).replace(b"Subject: ", b"SUBJECT:   ").replace(b"\r\n\r\n--", b" \r\n\r\n--", 1)
    for place in (0, 1):
        assert is_valid(content + b"\r\n\r\n", signer, place)


@settings(max_examples=30)
@given(text=st.text(max_size=400), subject=st.text(min_size=1, max_size=120), name=st.text(max_size=90))
def test_any_copy_is_signed_validly(signer: Signer, text: str, subject: str, name: str) -> None:
    copy = Copy(subject=subject, text=text, html=text)
    letter = Letter(**{**vars(LETTER), "recipient": Mailbox(name=name, address="böb@boats.test")})
    content = signed(signer, copy, letter)
    assert is_valid(content, signer, 0)
    assert is_valid(content, signer, 1)
    assert max(map(len, content.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("body", [b"", b"\r\n", b"\r\n\r\n", b"a", b"a \t b  \r\n \r\n", b" \r\n"])
def test_bodies_end_as_they_may(signer: Signer, body: bytes) -> None:
    content = signer.signed(b"From: a@able.example\r\nSubject:\r\n folded\r\n\r\n" + body, now=NOW)
    assert is_valid(content, signer, 0)


def test_the_records_are_those_of_the_dns(signer: Signer) -> None:
    (rsa_name, rsa_text), (other_name, other_text) = signer.records()
    assert (rsa_name, other_name) == ("s1._domainkey.able.example", "s1-ed25519._domainkey.able.example")
    assert rsa_text.startswith("v=DKIM1; k=rsa; p=MIIB")
    assert len(other_text) == len("v=DKIM1; k=ed25519; p=") + 44


@pytest.mark.parametrize(("rsa", "ed25519"), [(True, False), (False, True)])
def test_one_kind_of_key_is_enough(rsa: bool, ed25519: bool) -> None:
    made = signer_of(new_keys(rsa=rsa, ed25519=ed25519), selector="s1", domain="able.example", where="here")
    assert made.kinds == (("rsa",) if rsa else ("ed25519",))


def _written(path: Path, *keys: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> Path:
    path.write_bytes(b"".join(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) for key in keys))
    return path


def test_a_file_without_keys_for_it_is_refused(tmp_path: Path) -> None:
    weak, curve = rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP256R1())
    strong = rsa.generate_private_key(65537, 2048)
    for path, said in (
        (tmp_path / "missing.pem", "can't be read from .*missing.pem"),
        (_written(tmp_path / "none.pem"), "has 0 private keys"),
        (_written(tmp_path / "twice.pem", strong, strong), "has 2 private keys"),
        (_written(tmp_path / "weak.pem", weak), "RSA of at least 2048 bits"),
        (_written(tmp_path / "curve.pem", curve), "does not take"),
    ):
        with pytest.raises(SigningKeyFaulty, match=said):
            read_signer(path, selector="s1", domain="able.example")
    assert len(read_signer(_written(tmp_path / "one.pem", strong), selector="s1", domain="a.example").keys) == 1
