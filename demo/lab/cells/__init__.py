"""What is in the tables: from a scene to cells, a file a paper whose stanzas alone fill a file of `tables`."""
