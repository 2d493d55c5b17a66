"""The sandbox's own pictures: scenes painted by arithmetic, chosen by the words of a prompt."""
