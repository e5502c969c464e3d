"""Decoders on their own: any chunking, any nesting, bounded pieces, mislabelled bodies."""

from __future__ import annotations

import contextlib
import gzip
import sys
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.net.decode import ACCEPT_ENCODING, DECODERS, MOST_LAYERS, PIECE, UndecodableError, decoder_for

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def bare_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


ENCODERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("X-Gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "bare deflate": ("deflate", bare_deflate),
    "gzip called deflate": ("deflate", gzip.compress),
    "br": ("br", brotli.compress),
    "zstd": ("zstd", zstd.compress),
    "none": ("identity", bytes),
}


def decoded(label: str, data: bytes, chunk: int = 1 << 20) -> bytes:
    decoder = decoder_for([label])
    pieces = [piece for start in range(0, len(data), chunk) for piece in decoder.decode(data[start : start + chunk])]
    return b"".join(pieces)


@pytest.mark.parametrize("name", ENCODERS)
@given(data=st.binary(max_size=2_000), chunk=st.integers(1, 600))
def test_what_was_encoded_comes_back(name: str, data: bytes, chunk: int) -> None:
    """Any body comes back whole, however it is cut on its way."""
    label, encode = ENCODERS[name]

    assert decoded(label, encode(data), chunk) == data


@given(data=st.binary(max_size=500), names=st.lists(st.sampled_from(["gzip", "br", "zstd"]), max_size=MOST_LAYERS))
def test_layers_come_off_in_reverse(data: bytes, names: list[str]) -> None:
    """`Content-Encoding: gzip, br` means br around gzip (RFC 9110, 8.4)."""
    wire = data
    for name in names:
        wire = ENCODERS[name][1](wire)

    assert decoded(", ".join(names), wire, chunk=100) == data


@given(st.binary(max_size=300), st.sampled_from(list(DECODERS)))
def test_nonsense_ends_in_bytes_or_one_error(data: bytes, label: str) -> None:
    """No bytes under any label make anything but pieces or UndecodableError."""
    with contextlib.suppress(UndecodableError):
        decoded(label, data, chunk=7)


@pytest.mark.parametrize("name", ENCODERS)
def test_pieces_stay_small(name: str) -> None:
    """Thirty megabytes of nothing, encoded or not, arrive in pieces of at most 32 kB."""
    label, encode = ENCODERS[name]
    decoder = decoder_for([label])

    sizes = [len(piece) for piece in decoder.decode(encode(bytes(30_000_000)))]

    assert (sum(sizes), max(sizes) <= 2 * PIECE) == (30_000_000, True)


@pytest.mark.parametrize("plain", [b"<!DOCTYPE html><p>plain", b"{}", b"ok", b"\x1f", b"\xff\xd8\xff\xe0JFIF"])
@pytest.mark.parametrize("label", ["gzip", "zstd"])
def test_a_plain_body_under_a_label_passes(plain: bytes, label: str) -> None:
    """Servers that say gzip and send plain bytes are read as browsers read them: as they are."""
    assert decoded(label, plain + b" and more") == plain + b" and more"


@pytest.mark.parametrize("label", ["", "identity", "utf-8", "none", "aws-chunked", "compress"])
def test_unknown_labels_are_no_encoding(label: str) -> None:
    """Browsers do not know them either, and show the body."""
    assert decoded(label, b"\x1f\x8bwhatever") == b"\x1f\x8bwhatever"


@pytest.mark.parametrize("label", ["gzip", "zstd"])
@pytest.mark.parametrize("chunk", range(1, 40))
def test_several_members_are_one_body(label: str, chunk: int) -> None:
    """Members and frames follow each other (RFC 1952, 2.2; RFC 8878, 3); rubbish after the last is ignored."""
    encode = ENCODERS[label][1]

    assert decoded(label, encode(b"one ") + encode(b"two") + b"\0\0rubbish", chunk) == b"one two"


def test_too_many_layers_are_refused() -> None:
    """Nobody honest wraps a body five times."""
    with pytest.raises(UndecodableError, match="5 encodings"):
        decoder_for(["gzip, gzip", "br", "zstd, gzip"])


def test_an_outer_layer_may_not_unfold_into_nothing() -> None:
    """A bomb whose inner layer swallows everything is stopped too: it would burn time without ever making a byte."""
    empty_blocks = b"\x1f\x8b\x08\0\0\0\0\0\0\0" + b"\0\0\0\xff\xff" * 40_000_000

    with pytest.raises(UndecodableError, match="between two encodings"):
        decoded("gzip, br", brotli.compress(empty_blocks, quality=1))


def test_we_accept_what_we_decode() -> None:
    """Accept-Encoding names the table, and nothing else."""
    assert ACCEPT_ENCODING.split(", ") == list(DECODERS)
