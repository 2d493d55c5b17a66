"""The values of requests: pasted texts cleaned, prompts composed, links judged. Pure."""
