"""From Slack to the handler of a feature: checked, read, limited, routed."""
