"""URLs in, what happened when each was asked out: safe, polite, bounded, one request per hop.

Everything goes through one method, `fetch(request) -> Fetched` (`seam`). `open` nests the wrappers in the order that
is the policy: redirects are followed outside retries, retries outside politeness, politeness outside the exchange;
robots.txt, where it is honoured, is minded between redirects and retries, for each hop.
"""
