"""Where the rooms meet: cards are planned, links asked, observations stored and judged, findings reported."""
