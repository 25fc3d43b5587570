"""The pages, one file for each area; each page is a function of the request."""
