"""Checks of the how-to pages that show measured figures."""
