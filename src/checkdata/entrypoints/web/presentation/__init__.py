"""What pages say: labels, sentences and links, made of the domain's values; templates only place them."""
