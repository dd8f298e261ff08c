"""Reports of assessment runs, as HTML and PDF: made in the background, fetched by a signed link."""
