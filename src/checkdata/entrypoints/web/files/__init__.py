"""Files on their way to a browser; they hold nothing that other requests need."""
