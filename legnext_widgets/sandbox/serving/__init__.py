"""How a sandbox is reached and where its work runs: sockets, in process, threads."""
