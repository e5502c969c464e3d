"""Checks every link of a folder of cards once, says what is dead and why, and reports it.

The flow, one way: `cards` turns bytes into links; `history` says what is due; an engine asks each link once (`net`)
and reads the answer (`metadata`) into an observation; `health` judges observations, or asks a second question first;
`render` writes the findings. `pipeline` is the only file that sees every room, `cli` turns arguments into settings.
"""

__version__ = "0.1.0"
