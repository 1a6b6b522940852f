//! Any workflow that a schema allows, from a seed.
