"""A host name in, a server's TLS context out: certificates of an authority made for one run, sound or bad on request.

Importing this costs a tenth of a second (cryptography), so whoever needs no TLS imports it late.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
EXPIRY = datetime(2020, 3, 31, tzinfo=UTC)
ISSUER_URL = "http://authority.example/intermediate.cer"
"""Where an incomplete chain says that its issuer can be had (RFC 5280, 4.2.2.1)."""


class BadTLS(StrEnum):
    """What is wrong with a host's TLS."""

    EXPIRED = "expired"
    WRONG_HOST = "wrong host"
    SELF_SIGNED = "self-signed"  # the certificate is its own issuer
    UNTRUSTED_ROOT = "untrusted root"  # a chain that ends in a root nobody trusts, root sent along
    UNKNOWN_ISSUER = "unknown issuer"  # the same, root not sent, and no hint where to find it
    INCOMPLETE_CHAIN = "incomplete chain"  # the intermediate is not sent, but the certificate says where it is
    ABORT = "abort"  # the server leaves within the handshake


class Authority:
    """Issues one context per host name, when it is first asked for."""

    def __init__(self, folder: Path, bad: Mapping[str, BadTLS]) -> None:
        self._folder, self._bad = folder, bad
        self._root, self._untrusted = trustme.CA(), trustme.CA(organization_name="Nobody's Authority")
        self._intermediate = self._root.create_child_ca()
        self._contexts: dict[str, ssl.SSLContext] = {}
        self.ca_file = folder / "ca.pem"
        self.ca_file.write_bytes(self._root.cert_pem.bytes())

    @property
    def issuer(self) -> bytes:
        """The intermediate certificate (DER) that incomplete chains leave out."""
        return _load(self._intermediate.cert_pem).public_bytes(serialization.Encoding.DER)

    def listen(self, address: str) -> ssl.SSLContext:
        """The context to listen with: it picks the certificate by the name that the client asks for (SNI)."""
        context = self._context(address)
        context.sni_callback = self._choose
        return context

    def _choose(self, connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
        if name is not None:
            if self._bad.get(name) is BadTLS.ABORT:
                return ssl.ALERT_DESCRIPTION_HANDSHAKE_FAILURE
            connection.context = self._context(name)
        return None

    def _context(self, host: str) -> ssl.SSLContext:
        if host not in self._contexts:
            # A client may send any name; a file name is made of none of it.
            path = self._folder / f"{len(self._contexts)}.pem"
            path.write_bytes(self._chain(host))
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(path)
            self._contexts[host] = context
        return self._contexts[host]

    def _chain(self, host: str) -> bytes:
        """Private key and certificates as `host` sends them (PEM)."""
        match self._bad.get(host):
            case BadTLS.EXPIRED:
                leaf = self._root.issue_cert(host, not_before=LONG_AGO, not_after=EXPIRY)
            case BadTLS.WRONG_HOST:
                leaf = self._root.issue_cert("another-site.example")
            case BadTLS.UNTRUSTED_ROOT:
                leaf = self._untrusted.issue_cert(host)
                return leaf.private_key_and_cert_chain_pem.bytes() + self._untrusted.cert_pem.bytes()
            case BadTLS.UNKNOWN_ISSUER:
                leaf = self._untrusted.issue_cert(host)
            case BadTLS.SELF_SIGNED:
                leaf = self._root.issue_cert(host)
                return leaf.private_key_pem.bytes() + _resigned(leaf, leaf.private_key_pem, None)
            case BadTLS.INCOMPLETE_CHAIN:
                leaf = self._intermediate.issue_cert(host)
                return leaf.private_key_pem.bytes() + _resigned(leaf, self._intermediate.private_key_pem, ISSUER_URL)
            case _:
                leaf = self._root.issue_cert(host)
        return leaf.private_key_and_cert_chain_pem.bytes()


def _load(pem: trustme.Blob) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem.bytes())


def _resigned(leaf: trustme.LeafCert, signer: trustme.Blob, issuer_url: str | None) -> bytes:
    """The leaf's certificate signed by `signer`, naming where its issuer is; without `issuer_url` its own issuer."""
    old = _load(leaf.cert_chain_pems[0])
    key = serialization.load_pem_private_key(signer.bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("trustme's keys are elliptic-curve keys unless asked otherwise")
    builder = (
        x509.CertificateBuilder()
        .subject_name(old.subject)
        .issuer_name(old.issuer if issuer_url else old.subject)
        .public_key(old.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(old.not_valid_before_utc)
        .not_valid_after(old.not_valid_after_utc)
    )
    for extension in old.extensions:
        if issuer_url or not isinstance(extension.value, x509.AuthorityKeyIdentifier):
            builder = builder.add_extension(extension.value, critical=extension.critical)
    if issuer_url:
        access = x509.AccessDescription(
            AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(issuer_url)
        )
        builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
