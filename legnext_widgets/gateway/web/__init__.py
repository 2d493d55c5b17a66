"""The gateway's HTTP side: the service's own API for students, a page for the teacher."""
