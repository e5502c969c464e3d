"""Jekyll's own YAML reader, Psych, takes what we write for what it was: the text, and nothing but a text."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from crawler.edits.scalars import STRING, written
from crawler.model import Style
from tests.edits.cards import SAYINGS

READ = """
require "json"; require "yaml"; require "date"
STDIN.set_encoding("UTF-8")
puts JSON.generate(JSON.parse(STDIN.read).map { |text|
  data = YAML.safe_load(text, permitted_classes: [Date, Time, Symbol])
  [data["k"]["a"], data["k"]["a"].class.name, data["k"]["b"], data["z"]]
})
"""


@pytest.mark.jekyll
@pytest.mark.skipif(shutil.which("ruby") is None, reason="needs ruby on the PATH; comes back with it")
def test_psych_reads_what_was_written() -> None:
    """In every style, in a block and between brackets; what stands beside it stays as well."""
    cases = [(one, style, brackets) for one in SAYINGS for style in list(Style)[:3] for brackets in (False, True)]
    texts = []
    for one, style, brackets in cases:
        value = written(one, style, tag=STRING, in_brackets=brackets)
        texts.append(f"k: {{a: {value}, b: 2}}\nz: 1\n" if brackets else f"k:\n  a: {value}\n  b: 2\nz: 1\n")
    done = subprocess.run(["ruby", "-e", READ], input=json.dumps(texts).encode(), capture_output=True, check=True)

    assert json.loads(done.stdout) == [[one, "String", 2, 1] for one, _, _ in cases]
