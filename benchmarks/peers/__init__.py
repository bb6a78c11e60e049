"""Whole training steps of rfgsnn against those of other libraries."""
