"""The page Compare: what it is asked, what is being made, and what is shown."""
