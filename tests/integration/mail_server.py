"""A mail server on loopback with STARTTLS, a login, and a mailbox."""

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from real_parts import free_port


@dataclass
class MailBox:
    """The address of the server, the login, and the mails received.

    Parameters
    ----------
    authority
        Certificate that signed the server's certificate.
    """

    port: int
    authority: Path
    user: str
    password: str
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.mails.append(message_from_bytes(envelope.original_content, policy=policy.default))
        self.recipients += envelope.rcpt_tos
        return "250 OK"

    def check(
        self, _: object, __: object, ___: object, mechanism: str, given: object
    ) -> AuthResult:
        right = LoginPassword(self.user.encode(), self.password.encode())
        return AuthResult(success=mechanism == "PLAIN" and given == right)


@contextmanager
def mail_server(folder: Path, user: str, password: str) -> Iterator[MailBox]:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        + ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
        + ["-keyout", "mail.key", "-out", "mail.pem"],
        check=True,
        capture_output=True,
        cwd=folder,
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "mail.pem", folder / "mail.key")
    box = MailBox(free_port(), folder / "mail.pem", user, password)
    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=box.port,
        tls_context=context,
        require_starttls=True,
        authenticator=box.check,
        auth_required=True,
        # Alertmanager does not understand the prompts of its LOGIN.
        auth_exclude_mechanism=["LOGIN"],
    )
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
