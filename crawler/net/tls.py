"""A CA file in, the TLS context of the run out, which tells a chain without its intermediate from an untrusted one."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from typing import Any, cast

from crawler.errors import ConfigError, CrawlerError

# X509_V_ERR_…, openssl/include/openssl/x509_vfy.h.in
NOT_YET_VALID, EXPIRED = 9, 10
SELF_SIGNED, SELF_SIGNED_ROOT = 18, 19
NO_ISSUER, NO_ISSUER_FOR_LEAF = 20, 21
WRONG_HOST, WRONG_ADDRESS = 62, 64


class IncompleteChainError(ssl.SSLCertVerificationError):
    """The server sent its certificate without the intermediate one; browsers fetch it, OpenSSL does not."""


def client_context(ca_file: str = "", certificates: str = "") -> ssl.SSLContext:
    """A context that verifies as browsers do, with those of `ca_file` and `certificates` (PEM, both) trusted too.

    Raises ConfigError.
    """
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    context.sslobject_class = _Handshake
    # Python 3.13 turned VERIFY_X509_STRICT on: it refuses certificates that every browser accepts.
    context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", ssl.VerifyFlags(0))
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except OSError as error:  # ssl.SSLError is one
            raise ConfigError(
                f"[network] ca_file: {ca_file}: {error.strerror or error}; name a file of PEM certificates"
            ) from error
    if certificates:
        try:
            # Between certificates there may be anything, but `ssl` takes no other letters.
            context.load_verify_locations(cadata=certificates.encode("ascii", "ignore").decode())
        except ssl.SSLError as error:
            raise ConfigError(f"[network] ca_file: {error}; name a file of PEM certificates") from error
    return context


class _Handshake(ssl.SSLObject):
    """Looks at the certificates that came with a handshake that OpenSSL refused for want of an issuer."""

    def do_handshake(self) -> None:
        try:
            super().do_handshake()
        except ssl.SSLCertVerificationError as error:
            if error.verify_code in (NO_ISSUER, NO_ISSUER_FOR_LEAF, SELF_SIGNED_ROOT) and _trusts_nobody(self.context):
                raise CrawlerError(
                    "this machine has no trusted certificates, so every https link would look broken; "
                    "install the package ca-certificates, or name a PEM file in [network] ca_file"
                ) from error
            if error.verify_code in (NO_ISSUER, NO_ISSUER_FOR_LEAF):
                from crawler.net import chain  # cryptography takes 30 ms that only a refused handshake needs

                # `ssl` reads the clock itself too.
                missing = chain.missing_issuer(self._sent(), self.server_hostname or "", datetime.now(UTC))
                if missing:
                    raise IncompleteChainError(error.errno, f"the certificate of {missing} was not sent") from error
            raise

    def _sent(self) -> list[bytes]:
        """The certificates that came (DER), the server's own first."""
        if hasattr(self, "get_unverified_chain"):  # public since Python 3.13
            return cast("list[bytes]", self.get_unverified_chain() or [])
        inner: Any = vars(self)["_sslobj"]  # has the same method since 3.10
        return [ssl.PEM_cert_to_DER_cert(certificate.public_bytes()) for certificate in inner.get_unverified_chain()]


def _trusts_nobody(context: ssl.SSLContext) -> bool:
    """Minimal images come without a certificate store. A folder of certificates is read on demand, so it counts."""
    return not context.cert_store_stats()["x509_ca"] and not ssl.get_default_verify_paths().capath
