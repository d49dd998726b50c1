"""What a provider's answer means, said as a mail server would say it, so that one set of rules judges both.

Providers answer by HTTP (RFC 9110). What says that nothing was taken is refused or deferred; what leaves it open, as a
gateway's error or silence after the request was sent, is no answer to the final dot: unknown, and never sent again.
"""

import requests
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailInvalidAddress, AnymailRecipientsRefused

from goodterms.delivery.rules.records import named_in_reply
from goodterms.delivery.rules.replies import Reply, Step
from goodterms.delivery.vehicles.provider.amazon_answers import Meaning, is_amazons, read_error, was_not_asked

_TAKEN = frozenset({"sent", "queued"})
# By status, where nothing was taken. RFC 6585 section 4: 429 asks for a pause; 503 as well (RFC 9110 section 15.6.4).
_NOT_TAKEN: dict[int, Meaning] = {
    401: (535, "5.7.8", Step.AUTH),
    402: (554, "5.7.1", Step.MAIL),
    403: (535, "5.7.8", Step.AUTH),
    413: (552, "5.3.4", Step.MAIL),
    429: (421, "4.7.0", Step.MAIL),
    503: (421, "4.3.2", Step.MAIL),
}
_MESSAGE: Meaning = (554, "5.6.0", Step.END)


def reply_to(status: str | None, message_id: str | None) -> Reply:
    """Give the reply that stands for what a provider says of one receiver."""
    if status in _TAKEN:
        name = named_in_reply(message_id or "(no name)")
        return Reply(code=250, text=f"2.0.0 {status} as {name}", step=Step.END)
    if status == "invalid":
        return Reply(code=550, text="5.1.3 the provider says that the address is invalid", step=Step.RCPT)
    if status in {"rejected", "failed"}:
        # Often because of an earlier bounce or complaint; it does not say of which, so the address is not stopped.
        return Reply(code=550, text="5.1.0 the provider does not send to this address", step=Step.RCPT)
    return Reply(code=0, text=f"The provider did not say what became of it ({status}).", step=Step.END)


def reply_to_fault(fault: Exception) -> Reply:
    """Give the reply that stands for an error of a provider's API."""
    if isinstance(fault, AnymailRecipientsRefused):
        return reply_to("rejected", None)
    cause = fault.__cause__ or fault
    if is_amazons(cause):
        return _reply_to_amazon(cause)
    status = getattr(fault, "status_code", None)
    if status is not None:
        return _reply_to_status(int(status), _words(fault))
    if isinstance(fault, AnymailAPIError):
        return _no_answer(cause, may_have_been_sent=_may_have_been_sent(fault))
    if isinstance(fault, AnymailInvalidAddress):  # nothing was asked, and it is about this address alone
        return Reply(code=550, text=f"5.1.0 {_words(fault)}", step=Step.RCPT)
    if isinstance(fault, AnymailError):
        return _not_to_be_said(_words(fault))
    raise fault


def _reply_to_amazon(cause: BaseException) -> Reply:
    if error := read_error(cause):
        return _reply_to_status(error.status, _short(error.words), error.meaning)
    if type(cause).__name__ == "ParamValidationError":
        return _not_to_be_said(_short(str(cause)))
    return _no_answer(cause, may_have_been_sent=not was_not_asked(cause))


def _no_answer(cause: BaseException, *, may_have_been_sent: bool) -> Reply:
    step = Step.END if may_have_been_sent else Step.CONNECT
    return Reply(code=0, text=f"No answer from the provider's API: {type(cause).__name__}.", step=step)


def _not_to_be_said(words: str) -> Reply:
    """Give the reply for what can't be said in a provider's API: nothing was asked."""
    return Reply(code=554, text=f"5.6.0 {words}", step=Step.END)


def _reply_to_status(status: int, words: str, meaning: Meaning | None = None) -> Reply:
    """Give the reply that stands for a status, or for what a provider's own name of the error says beside it."""
    if meaning or status in _NOT_TAKEN or 400 <= status < 500:
        code, enhanced, step = meaning or _NOT_TAKEN.get(status, _MESSAGE)
        return Reply(code=code, text=f"{enhanced} {status} {words}", step=step)
    # An error on their side, or an answer that can't be read: they may have taken it.
    return Reply(code=0, text=f"The provider's API answered {status} {words}", step=Step.END)


def _may_have_been_sent(fault: Exception) -> bool:
    cause = fault.__cause__
    if isinstance(cause, requests.ConnectTimeout | requests.exceptions.SSLError | requests.exceptions.InvalidURL):
        return False
    if isinstance(cause, requests.ConnectionError):
        reason = getattr(cause.args[0], "reason", None) if cause.args else None
        return type(reason).__name__ not in {"NewConnectionError", "NameResolutionError"}
    return True


def _words(fault: Exception) -> str:
    response = getattr(fault, "response", None)
    return _short(response.text if response is not None else str(fault))


def _short(words: str) -> str:
    return " ".join(words.split())[:200]
