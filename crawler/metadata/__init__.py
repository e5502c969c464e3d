"""Response bytes in, facts out: what a page says of itself, what an image is, which AMP address belongs to which page.

`reading` decides how much of a body is worth reading; `page` turns its bytes into a `Page` and `Features`, by way of
`charset`, `limits` and `document`; the rules of each field stand in tables (`fields`, `headlines`, `published`,
`authors`, `addresses`, `shares`, `sites`), and `compare` says whether a card's text still agrees with the page's.
"""
