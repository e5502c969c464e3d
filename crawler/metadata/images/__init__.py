"""Bytes of an image in, its header or its damage out: one module per family of formats, none opens a file."""
