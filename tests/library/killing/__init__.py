"""Sessions that are killed at every step, against a server that counts what arrives.

A driver is a module with a function `run(base_url, folder, prompts, when)`: one session of a
program that uses the library in `folder`. It first finishes what earlier sessions left, then makes
one job for each prompt. `journal_driver` uses the library alone, `client_driver` the whole client.
"""
