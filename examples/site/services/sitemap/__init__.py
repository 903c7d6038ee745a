"""The site's list of pages."""
