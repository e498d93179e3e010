"""What leaves sellerwatch besides the incidents topic."""
