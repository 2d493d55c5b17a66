"""The wire: requests, models, responses, transport."""
