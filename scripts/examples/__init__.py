"""Makes the example chain folders: tables as text, the same bytes on every run."""
