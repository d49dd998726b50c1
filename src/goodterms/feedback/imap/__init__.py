"""The mailbox that answers come to, over IMAP."""
