"""What the papers print, so that a table can show it beside ours: figures read from their text, in % where shares."""
