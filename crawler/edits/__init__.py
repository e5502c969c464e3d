"""Verdicts and pages in, proposals out; proposals and a card in, the bytes that change out.

`propose` decides what would be changed and why, `questions` what must be asked before that can be told, and `patch`
which bytes that takes. Nothing here asks the network, and only `write` touches a file.
"""
