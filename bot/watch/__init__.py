"""The bot seen from outside: logs, figures and readiness. Never with what people typed, nor with a secret."""
