"""Dossiers and their verification."""
