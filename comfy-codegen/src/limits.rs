//! The limits of this crate, with the reason for each.
//!
//! They bound the memory, and the size of generated code and its documentation, whatever a schema contains.

/// The maximum number of options for which an enum is readable.
pub(crate) const MAX_VARIANTS: usize = 256;

/// The maximum length of an option that makes a readable variant, in characters.
pub(crate) const MAX_VARIANT_LEN: usize = 60;

/// The maximum number of options that documentation lists. Of a longer list, only the length is given.
pub(crate) const MAX_LISTED: usize = 12;

/// The maximum length of a value that documentation or a warning shows, in characters.
pub(crate) const MAX_VALUE_LEN: usize = 60;

/// The maximum size of a response. The largest known ones have about 100 MiB.
#[cfg(feature = "live")]
pub(crate) const MAX_RESPONSE_BYTES: u64 = 512 * 1024 * 1024;

/// The maximum number of redirects that are followed.
#[cfg(feature = "live")]
pub(crate) const MAX_HOPS: usize = 5;
