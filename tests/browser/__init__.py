"""`report.html` in a browser."""
