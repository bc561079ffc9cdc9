"""The page: one Gradio tab a file."""
