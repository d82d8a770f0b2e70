//! Plans of exchanges as plain data, with one renderer.
