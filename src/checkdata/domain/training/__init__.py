"""What a feed tells of a participant's training, and the status it gives."""
