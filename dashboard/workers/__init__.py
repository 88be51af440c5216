"""The processes that hold models and train them, and how the app's own process asks them."""
