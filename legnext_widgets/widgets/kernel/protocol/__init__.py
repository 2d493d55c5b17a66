"""The protocol of kernel and browser: traits and messages, their decoding, texts in two forms."""
