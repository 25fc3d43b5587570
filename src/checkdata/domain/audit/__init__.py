"""What is recorded of who saw and changed what."""
