"""Administration: logins, who holds which post, rosters and office tokens; of one jurisdiction only."""
