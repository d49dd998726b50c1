"""Signing one copy with DKIM, beside what openssl's own program takes for a bare signature, and beside dkimpy.

The copies are those of an update, each with a name and links of its own. The processor's time is compared, as
`openssl speed` takes it. For Ed25519 nothing is promised; its goal says that all else a copy needs costs no more than
two bare signatures.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from bench import Line, ground, seconds
from bench.senders.ours import Ours
from goodterms.updates.signing import Signer, new_keys, signer_of

_DOMAIN, _SELECTOR = "home.example", "s1"


def measure(size: float) -> Iterator[Line]:
    """Sign 2,000 copies by an RSA key of 2,048 bits, and by an Ed25519 key; a tenth of them by dkimpy."""
    ours = Ours(max(10, int(2_000 * size)))
    ours.plan()
    copies = [letter.content for letter in ours.letters()]
    keys = new_keys(ed25519=False)
    rsa = _seconds_a_copy(_signing(_signer(keys)), copies)
    ed25519 = _seconds_a_copy(_signing(_signer(new_keys(rsa=False))), copies)
    if shutil.which("openssl"):
        for name, spent, algorithm, goal in (("RSA-2048", rsa, "rsa2048", 1.11), ("Ed25519", ed25519, "ed25519", 3)):
            bare = _openssl_seconds(algorithm, max(1, round(3 * size)))
            yield _line(name, spent, f"openssl's bare {name} signature", bare, goal=goal)
    else:
        print("signing: openssl is not there and left out", file=sys.stderr)
    by_dkimpy = _seconds_a_copy(lambda copy: _sign_by_dkimpy(copy, keys), copies[: len(copies) // 10])
    yield _line("RSA-2048", rsa, "dkimpy", by_dkimpy, goal=0.1)


def _line(key: str, ours: float, beside: str, reference: float, *, goal: float) -> Line:
    return Line(
        name=f"signing: {key}, a copy", ours=1e6 * ours, reference=1e6 * reference, beside=beside, goal=goal, unit="us"
    )


def _signer(keys: bytes) -> Signer:
    return signer_of(keys, selector=_SELECTOR, domain=_DOMAIN, where="bench")


def _signing(signer: Signer) -> Callable[[bytes], object]:
    return lambda copy: signer.signed(copy, now=ground.NOW)


def _sign_by_dkimpy(copy: bytes, keys: bytes) -> object:
    import dkim  # noqa: PLC0415 - of the requirements of tests

    return dkim.sign(copy, _SELECTOR.encode(), _DOMAIN.encode(), keys, canonicalize=(b"relaxed", b"relaxed"))


def _seconds_a_copy(sign: Callable[[bytes], object], copies: list[bytes]) -> float:
    return seconds(lambda: [sign(copy) for copy in copies], times=3, clock=time.process_time) / len(copies)


def _openssl_seconds(algorithm: str, duration: int) -> float:
    command = ["openssl", "speed", "-mr", "-seconds", str(duration), algorithm]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    # The line ends in signatures and verifications a second.
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("+F")]
    return 1 / float(line.split(":")[-2])
