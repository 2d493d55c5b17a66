"""The side of the service: requests are sent there, and running jobs asked for."""
