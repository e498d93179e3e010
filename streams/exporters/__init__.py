"""Everything that sellerwatch exports besides the incidents topic."""
