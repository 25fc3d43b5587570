"""Files on their way to a browser, which hold nothing that others need."""
