"""Checks of drafts, one file each: a draft and its setting in, findings out."""
