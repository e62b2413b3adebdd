"""Tests of the suite itself: what it reads, what it reports, and that each check can fail."""
