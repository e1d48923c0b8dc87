"""Jurisdictions, groups, desks, offices, mandates, posts, rosters, calendars, boundaries, people."""
