"""What the errors of Amazon SES mean.

The codes are those of SendEmail in the API reference of SES v2, and of "Common errors" there (read in November 2026).
Classes of botocore are told by their names, so that nothing here needs it.
"""

import re
import ssl
from dataclasses import dataclass
from typing import Any

from goodterms.delivery.rules.replies import Step

Meaning = tuple[int, str, Step]
"""A mail server's code, its enhanced code and the step at which it would say so."""

_SLOWER: Meaning = (421, "4.7.0", Step.MAIL)  # its words tell a rate from a day's quota
_KEY: Meaning = (535, "5.7.8", Step.AUTH)
_ACCOUNT: Meaning = (554, "5.7.1", Step.MAIL)
_SENDER: Meaning = (550, "5.1.8", Step.MAIL)
_ADDRESS: Meaning = (550, "5.1.0", Step.RCPT)  # it does not say whose address is wrong, so none is stopped

_BY_CODE: dict[str, Meaning] = {
    "LimitExceededException": _SLOWER,
    "Throttling": _SLOWER,
    "ThrottlingException": _SLOWER,
    "TooManyRequestsException": _SLOWER,
    "AccessDeniedException": _KEY,
    "ExpiredTokenException": _KEY,
    "IncompleteSignature": _KEY,
    "InvalidClientTokenId": _KEY,
    "InvalidSignatureException": _KEY,
    "NotAuthorized": _KEY,
    "RequestExpired": _KEY,
    "UnrecognizedClientException": _KEY,
    "AccountSuspendedException": _ACCOUNT,
    "NotFoundException": _ACCOUNT,  # what the account itself names for its mail, such as a configuration set
    "SendingPausedException": _ACCOUNT,
    "MailFromDomainNotVerifiedException": _SENDER,
    "404": _ACCOUNT,  # there is no such API at this address
}
# "The following identities failed the check": the sender's, and in the sandbox the receiver's, so everybody's.
_UNVERIFIED = re.compile(r"not verified", re.IGNORECASE)
_OF_AN_ADDRESS = re.compile(r"\b(address|domain|user name|recipient|destination)\b", re.IGNORECASE)
_OF_THE_SENDER = re.compile(r"\b(from|sender|source|reply)\b", re.IGNORECASE)

# Raised before a connection stands: urllib3 tells of a proxy only where it was not reached, or did not lead on.
_NOT_ASKED = frozenset(
    {
        "ConnectTimeoutError",
        "EndpointConnectionError",
        "EndpointProviderError",
        "EndpointResolutionError",
        "ProxyConnectionError",
    }
)


@dataclass(frozen=True, kw_only=True)
class AmazonError:
    """What Amazon SES answered in place of taking a message."""

    status: int
    words: str
    meaning: Meaning | None
    """None where its status says all."""


def is_amazons(cause: BaseException | None) -> bool:
    """Say whether an error is one of botocore, which speaks to Amazon."""
    return type(cause).__module__.startswith("botocore.")


def read_error(cause: BaseException) -> AmazonError | None:
    """Give what an error of botocore says that Amazon answered; None where there was no answer."""
    told: Any = getattr(cause, "response", None)
    if not isinstance(told, dict) or "Error" not in told:
        return None
    name, words = str(told["Error"].get("Code", "")), str(told["Error"].get("Message", ""))
    status = int(told.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    return AmazonError(status=status, words=f"{name} {words}", meaning=_meaning(name, words))


def was_not_asked(cause: BaseException) -> bool:
    """Say whether an error of botocore without an answer shows that no request had left.

    Where the server's certificate was refused, none had; after any other fault of TLS it may have.
    """
    fault: Any = getattr(cause, "kwargs", {}).get("error")
    is_certificate = any(isinstance(inner, ssl.SSLCertVerificationError) for inner in getattr(fault, "args", ()))
    return is_certificate or type(cause).__name__ in _NOT_ASKED


def _meaning(name: str, words: str) -> Meaning | None:
    if name == "MessageRejected" and _UNVERIFIED.search(words):
        return _SENDER
    if name == "BadRequestException" and _OF_AN_ADDRESS.search(words) and not _OF_THE_SENDER.search(words):
        return _ADDRESS
    return _BY_CODE.get(name)
