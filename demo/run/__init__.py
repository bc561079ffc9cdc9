"""One run, from picture to verdict, as plain events. Knows no page."""
