"""Writing updates, seeing whom they may go to, and sending them."""
