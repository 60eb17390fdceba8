"""What flows where: which entries of the plan an option may decide about, read from the text."""
