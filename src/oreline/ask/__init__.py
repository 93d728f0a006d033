"""What do we not know, and who has the paper: open questions ranked, a letter, and the brief."""
