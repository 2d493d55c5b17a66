"""What notebook hosts need."""
