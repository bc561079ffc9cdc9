"""Makes every file in `models/tiny/weights`: `python -m models.training RECIPE --data DIR_OR_ZIP`."""
