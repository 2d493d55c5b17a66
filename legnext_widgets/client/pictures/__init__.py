"""Pictures of the user: recognised in any form, made ready for the service. No network."""
