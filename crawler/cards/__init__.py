"""Files in, links out: `find` names the cards, `read` turns one into slots, `links` gathers the slots that hold URLs.

Nothing here writes, and nothing asks the network. What a card holds is hostile: every size and depth has a bound.
"""
