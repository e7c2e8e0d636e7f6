# Targets that look after the sources: format, format-check, tidy, coverage.
