"""The server side: the workspace, the Web API, OAuth, and requests to the app."""
