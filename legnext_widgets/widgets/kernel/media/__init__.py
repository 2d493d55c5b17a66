"""Media between kernel and browser: clips and zip files to the page, pictures from it."""
