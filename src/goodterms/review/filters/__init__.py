"""What spam filters say of a draft, where one can be asked: SpamAssassin and rspamd. That there is none is no fault."""
