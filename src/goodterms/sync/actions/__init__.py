"""Reading an export into the network, taking it back, and joining and parting people."""
