"""The pages of the incidents: a person decides here what a page was about."""
