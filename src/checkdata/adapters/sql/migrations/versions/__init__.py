"""One file a step, up and down; a step that was released is never edited."""
