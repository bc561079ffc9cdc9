"""One description of a chart, drawn live as SVG and finished as Plotly. Pure functions."""
