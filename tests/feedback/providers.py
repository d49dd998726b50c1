"""What mail providers post, in the shapes that their documentation gives (pages read in November 2026):

Postmark: developer docs, "Bounce webhook", "Spam complaint webhook", "Subscription change webhook", "Inbound webhook".
Mailgun: "Webhooks", payloads of failed, complained, unsubscribed; signed as "Securing webhooks" says.
Amazon SES: "Examples of event data that Amazon SES publishes to Amazon SNS"; in SNS's notification.
SendGrid: "Event webhook reference". Brevo: "Transactional webhooks", and "Inbound parse webhooks".
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SECRET = "goodterms:made-up-secret"
SIGNING_KEY = "made-up-signing-key"
_AT = 1_793_610_000


@dataclass(frozen=True, kw_only=True)
class Post:
    """One request: where to, what, and the headers that go with it."""

    path: str
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


def basic(secret: str = SECRET) -> str:
    return f"Basic {base64.b64encode(secret.encode()).decode()}"


def postmark(what: str, *, to: str, message_id: str = "", number: int = 1) -> Post:
    bounce = {
        "MessageStream": "outbound", "ID": number, "Tag": "", "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Metadata": {"copy": message_id}, "ServerID": 23, "Email": to, "From": "ann@owner.test",
        "BouncedAt": "2026-11-02T09:33:54.9070259Z", "DumpAvailable": True, "Inactive": True, "CanActivate": True,
        "Subject": "News",
    }  # fmt: skip
    change = {
        "RecordType": "SubscriptionChange", "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483", "ServerID": 23,
        "MessageStream": "outbound", "ChangedAt": "2026-11-02T10:53:34.416071Z", "Recipient": to,
        "Origin": "Recipient", "SuppressSending": True, "SuppressionReason": "ManualSuppression", "Tag": "",
        "Metadata": {"copy": message_id},
    }  # fmt: skip
    bodies = {
        "hard": {**bounce, "RecordType": "Bounce", "Type": "HardBounce", "TypeCode": 1, "Name": "Hard bounce",
                 "Description": "The server was unable to deliver your message.",
                 "Details": "smtp;550 5.1.1 The email account that you tried to reach does not exist."},
        "soft": {**bounce, "RecordType": "Bounce", "Type": "SoftBounce", "TypeCode": 4096, "Name": "Soft bounce",
                 "Description": "Unable to temporarily deliver message.", "Details": "smtp;452 4.2.2 Mailbox full"},
        "complaint": {**bounce, "RecordType": "SpamComplaint", "Type": "SpamComplaint", "TypeCode": 100001,
                      "Name": "Spam complaint", "Description": "", "Details": ""},
        "exit": change,
        "opened": {"RecordType": "Open", "MessageID": "x", "Recipient": to, "ReceivedAt": "2026-11-02T09:33:54Z",
                   "FirstOpen": True, "UserAgent": "Scanner", "Metadata": {"copy": message_id}},
    }  # fmt: skip
    return Post(path="postmark/tracking/", body=json.dumps(bodies[what]), headers={"Authorization": basic()})


def mailgun(what: str, *, to: str, message_id: str = "", number: int = 1, key: str = SIGNING_KEY) -> Post:
    token, at = f"{number:050d}", str(_AT)
    signature = hmac.new(key.encode(), f"{at}{token}".encode(), hashlib.sha256).hexdigest()
    data: dict[str, Any] = {
        "id": "G9Bn5sl1TC6nu79C8C0bwg", "timestamp": _AT + 0.5, "log-level": "error", "recipient": to,
        "recipient-domain": to.rpartition("@")[2], "tags": [], "user-variables": {}, "campaigns": [],
        "envelope": {"sender": "ann@owner.test", "transport": "smtp", "targets": to},
        "message": {"headers": {"to": to, "message-id": message_id.strip("<>"), "from": "ann@owner.test",
                                "subject": "News"}, "attachments": [], "size": 111},
        "storage": {"key": "message_key", "url": "https://mailgun.test/x"},
    }  # fmt: skip
    failed = {"event": "failed", "reason": "suppress-bounce", "severity": "permanent"}
    kinds: dict[str, dict[str, Any]] = {
        "hard": {**failed, "delivery-status": {"code": 550, "message": "5.1.1 No such user", "description": ""}},
        "soft": {**failed, "reason": "generic", "severity": "temporary",
                 "delivery-status": {"code": 452, "message": "4.2.2 Mailbox full", "description": None}},
        "complaint": {"event": "complained"},
        "exit": {"event": "unsubscribed", "ip": "192.0.2.1", "client-info": {"user-agent": "x"}},
        "opened": {"event": "opened", "ip": "192.0.2.1", "client-info": {"user-agent": "Scanner"}},
    }  # fmt: skip
    body = {
        "signature": {"timestamp": at, "token": token, "signature": signature},
        "event-data": {**data, **kinds[what]},
    }
    return Post(path="mailgun/tracking/", body=json.dumps(body), headers={"Authorization": basic()})


def ses(what: str, *, to: str, message_id: str = "", number: int = 1, name: str = "0100017a") -> Post:
    mail = {
        "timestamp": "2026-11-02T09:00:00.000Z", "messageId": name, "source": "ann@owner.test",
        "sendingAccountId": "123456789012", "destination": [to], "headersTruncated": False,
        "headers": [{"name": "Message-ID", "value": message_id}, {"name": "Subject", "value": "News"}],
        "commonHeaders": {"from": ["ann@owner.test"], "to": [to], "messageId": message_id, "subject": "News"},
        "tags": {"ses:operation": ["SendSmtpEmail"]},
    }  # fmt: skip
    hard = {"bounceType": "Permanent", "bounceSubType": "General", "feedbackId": "f", "timestamp": mail["timestamp"],
            "bouncedRecipients": [{"emailAddress": to, "action": "failed", "status": "5.1.1",
                                   "diagnosticCode": "smtp; 550 5.1.1 user unknown"}]}  # fmt: skip
    soft = {**hard, "bounceType": "Transient", "bounceSubType": "MailboxFull",
            "bouncedRecipients": [{"emailAddress": to, "action": "failed", "status": "4.2.2"}]}  # fmt: skip
    events: dict[str, dict[str, Any]] = {
        "hard": {"eventType": "Bounce", "bounce": hard},
        "soft": {"eventType": "Bounce", "bounce": soft},
        "complaint": {"eventType": "Complaint", "complaint": {
            "feedbackId": "f", "complaintSubType": None, "complainedRecipients": [{"emailAddress": to}],
            "timestamp": mail["timestamp"], "userAgent": "Loop", "complaintFeedbackType": "abuse"}},
        "exit": {"eventType": "Subscription", "subscription": {"contactList": "l", "source": "UnsubscribeHeader"}},
        "opened": {"eventType": "Open", "open": {"ipAddress": "192.0.2.1", "timestamp": mail["timestamp"],
                                                 "userAgent": "Scanner"}},
    }  # fmt: skip
    return notification({**events[what], "mail": mail}, "amazon_ses/tracking/", number)


def notification(event: Mapping[str, Any], path: str, number: int = 1) -> Post:
    body = {
        "Type": "Notification", "MessageId": f"22b80b92-{number}", "TopicArn": "arn:aws:sns:us-east-1:123456789012:x",
        "Message": json.dumps(event), "Timestamp": "2026-11-02T09:05:00.000Z", "SignatureVersion": "1",
        "Signature": "made-up", "SigningCertURL": "https://sns.test/x.pem", "UnsubscribeURL": "https://sns.test/u",
    }  # fmt: skip
    headers = {
        "Authorization": basic(),
        "x-amz-sns-message-type": "Notification",
        "x-amz-sns-message-id": body["MessageId"],
    }
    return Post(path=path, body=json.dumps(body), headers=headers)


def sendgrid(what: str, *, to: str, message_id: str = "", number: int = 1) -> Post:
    common = {"email": to, "timestamp": _AT, "smtp-id": message_id, "sg_event_id": f"event-{number}",
              "sg_message_id": "14c5d75ce93.dfd.64b469", "category": ["news"]}  # fmt: skip
    kinds: dict[str, dict[str, Any]] = {
        "hard": {"event": "bounce", "type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 unknown user"},
        "soft": {"event": "deferred", "response": "452 4.2.2 mailbox full", "attempt": "5"},
        "complaint": {"event": "spamreport"},
        "exit": {"event": "unsubscribe"},
        "opened": {"event": "open", "useragent": "Scanner", "ip": "192.0.2.1"},
    }
    return Post(
        path="sendgrid/tracking/", body=json.dumps([{**common, **kinds[what]}]), headers={"Authorization": basic()}
    )


def brevo(what: str, *, to: str, message_id: str = "", number: int = 1) -> Post:
    kinds: dict[str, dict[str, Any]] = {
        "hard": {"event": "hard_bounce", "reason": "550 5.1.1 user unknown"},
        "soft": {"event": "soft_bounce", "reason": "452 4.2.2 mailbox full"},
        "complaint": {"event": "spam"},
        "exit": {"event": "unsubscribe"},
        "opened": {"event": "unique_opened", "link": ""},
    }
    body = {
        "id": number, "email": to, "date": "2026-11-02 10:00:00", "ts": _AT, "message-id": message_id,
        "ts_event": _AT, "subject": "News", "sending_ip": "192.0.2.1", "ts_epoch": _AT * 1000, "tag": "", **kinds[what],
    }  # fmt: skip
    return Post(path="brevo/tracking/", body=json.dumps(body), headers={"Authorization": basic()})


PROVIDERS = {"postmark": postmark, "mailgun": mailgun, "ses": ses, "sendgrid": sendgrid, "brevo": brevo}
