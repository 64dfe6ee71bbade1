"""Many workspaces in one deployment: installation by a link, an encrypted token for each."""
