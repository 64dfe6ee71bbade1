"""The menu, App Home, and the dialogs that show entries one after another."""
