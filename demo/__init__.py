"""The page and what lies under it: attacks (a library of its own), one run, its figures, and the tabs."""
