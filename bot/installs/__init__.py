"""Many workspaces in one deployment: installing by a link, a token for each, encrypted at rest."""
