"""A client behind the gateway of a class: changes are pushed, and a request may be sent again."""
