"""An example site and the small web on loopback that its links lead to; the tests use the same web."""
