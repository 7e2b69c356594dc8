"""One file a subject: decode, call one use case, shape the reply."""
