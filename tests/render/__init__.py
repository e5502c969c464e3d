"""The promises of the reports."""
