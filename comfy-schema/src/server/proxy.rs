//! The environment variables that switch off the proxy.

use std::ffi::OsString;

/// Returns whether `NO_PROXY`, or else `no_proxy`, lists `*`: no request goes through a proxy that environment variables
/// set. `lookup` is usually `std::env::var_os`.
///
/// The HTTP clients apply the other entries themselves, but `*` not to addresses, or not behind a space.
pub fn is_bypassed(lookup: impl Fn(&str) -> Option<OsString>) -> bool {
    let list = lookup("NO_PROXY").or_else(|| lookup("no_proxy")).unwrap_or_default();
    list.to_string_lossy().split(',').any(|entry| entry.trim() == "*")
}

#[cfg(test)]
mod tests {
    use super::is_bypassed;

    #[test]
    fn an_asterisk_in_the_list_switches_the_proxy_off() {
        let with = |upper: Option<&str>, lower: Option<&str>| {
            is_bypassed(|name| if name == "NO_PROXY" { upper } else { lower }.map(Into::into))
        };
        assert!(with(Some("*"), None) && with(None, Some("*")) && with(Some("localhost, *"), None));
        assert!(!with(None, None) && !with(Some("*.a,127.0.0.1"), None) && !with(Some("a"), Some("*")));
    }
}
