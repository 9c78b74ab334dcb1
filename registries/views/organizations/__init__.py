"""An organization's own page: its people, teams, roles and invitations."""
