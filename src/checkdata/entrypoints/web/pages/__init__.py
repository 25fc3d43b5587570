"""The pages, one file an area; each is a function of what is asked."""
