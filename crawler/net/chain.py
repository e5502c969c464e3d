"""The certificates of a refused handshake in, the issuer out that the server forgot to send, if that is all it did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID


def missing_issuer(sent: Sequence[bytes], host: str, now: datetime) -> str | None:
    """The name of the issuer whose certificate should have come with `sent` (DER, the server's own first), or None.

    Only a certificate that came alone, was issued by another, and says where the issuer's own certificate lies
    (authority information access, RFC 5280, 4.2.2.1) shows a server that forgot the intermediate. A private CA gives
    no such pointer as a rule; its certificates are untrusted, not incomplete. OpenSSL stops at the missing issuer,
    so whether the dates and the name would have passed is looked at here.
    """
    if len(sent) != 1:
        return None
    try:
        leaf = x509.load_der_x509_certificate(sent[0])
        complete = leaf.issuer == leaf.subject or not _issuer_is_published(leaf)
        if complete or not leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc or not _names(leaf, host):
            return None
        return leaf.issuer.rfc4514_string()
    except ValueError:  # a certificate, or an extension, that does not parse
        return None


def _issuer_is_published(leaf: x509.Certificate) -> bool:
    try:
        access = leaf.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return False
    return any(
        entry.access_method == AuthorityInformationAccessOID.CA_ISSUERS
        and isinstance(entry.access_location, x509.UniformResourceIdentifier)
        and entry.access_location.value.startswith(("http://", "https://"))
        for entry in access
    )


def _names(leaf: x509.Certificate, host: str) -> bool:
    """Whether the certificate is one for `host` (RFC 9525, 6.3: a wildcard stands for one whole leftmost label)."""
    try:
        alternatives = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    names = {name.lower() for name in alternatives.get_values_for_type(x509.DNSName)}
    names |= {str(address) for address in alternatives.get_values_for_type(x509.IPAddress)}
    return host.lower() in names or f"*.{host.lower().partition('.')[2]}" in names
