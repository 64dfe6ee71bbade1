"""The menu, App Home, and the dialogs of single entries."""
