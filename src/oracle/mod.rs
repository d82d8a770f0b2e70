//! Oracles: the bodies of the fuzz targets and of the corpus replay.
