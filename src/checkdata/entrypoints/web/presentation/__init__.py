"""The words of pages: labels, sentences and links, made from the domain's values; templates only place them."""
