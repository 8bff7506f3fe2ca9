"""A host of sales channels: what they say is put on record, what they are owed goes out; each is a row of a table."""
