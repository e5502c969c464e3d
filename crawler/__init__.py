"""Checks every link of a folder of cards once, says what is dead and why, reports it, and repairs the cards.

The flow, one way: `cards` turns bytes into links; `history` says what is due; an engine asks each link once (`net`)
and reads the answer (`metadata`) into an observation; `health` judges observations, or asks a second question first;
`edits` proposes what a card should say instead, and splices it in; `render` writes the findings. `pipeline` is the only
room that sees every other, `cli` turns arguments into settings.
"""

__version__ = "0.1.0"
