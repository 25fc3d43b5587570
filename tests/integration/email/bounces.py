"""Notices as mail servers send them: Postfix, Exchange, Gmail and their like follow RFC 3464."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


def a_bounce(mail: bytes, *, action: str = "failed", status: str = "5.1.1", headers_only: bool = False) -> bytes:
    """The notice that *mail* could not be delivered; it quotes the mail, or only its headers."""
    sent = message_from_bytes(mail, EmailMessage, policy=default)
    quoted = mail.replace(b"\r\n", b"\n").decode()
    kind, part = "message/rfc822", quoted
    if headers_only:
        kind, part = "text/rfc822-headers", quoted.partition("\n\n")[0] + "\n"
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
To: {sent["From"].addresses[0].addr_spec}
Subject: Undelivered Mail Returned to Sender
Message-ID: <20260304.bounce@mx.example.org>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1/mx"

--b1/mx
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b1/mx
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Wed, 04 Mar 2026 05:06:07 +0000

Final-Recipient: rfc822; {sent["To"]}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} no such user

--b1/mx
Content-Description: Undelivered Message
Content-Type: {kind}

{part}
--b1/mx--
""".encode()
