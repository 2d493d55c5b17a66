"""What can go wrong between a client and the service, switched on by tests."""
