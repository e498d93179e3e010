"""The pure part of sellerwatch: the domain and its River estimators, without I/O or a clock."""
