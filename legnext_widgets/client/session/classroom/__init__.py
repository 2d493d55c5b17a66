"""A client behind the gateway of a class: it hears of changes, and may ask again."""
