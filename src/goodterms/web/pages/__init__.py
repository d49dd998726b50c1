"""One folder for each place in the menu: its addresses, pages and forms."""
