"""Support for notebook hosts: cells, containers, threads, saved output."""
