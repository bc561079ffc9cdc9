"""What goes wrong with weights, as a sentence for the visitor."""


class WeightsError(RuntimeError):
    """A weights file is missing, damaged or out of reach; the message names it and the cure."""
