//! The wait that a server asks for.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// Returns the wait that the header `Retry-After` asks for: seconds, or the time until a date. A date in the past asks for
/// no wait, and a number that is too large for a duration for the longest one.
///
/// A date is compared with the server's own clock if the response has the header `Date`, and otherwise with `now`.
pub(super) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let asked = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = asked.parse::<f64>() {
        let is_whole = asked.bytes().all(|byte| byte.is_ascii_digit());
        return Duration::try_from_secs_f64(seconds).ok().or_else(|| is_whole.then_some(Duration::MAX));
    }
    let date = |text: &str| httpdate::parse_http_date(text).ok();
    let server_now = headers.get(DATE).and_then(|date| date.to_str().ok()).and_then(date);
    Some(date(asked)?.duration_since(server_now.unwrap_or(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use reqwest::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};

    use super::retry_after;

    const NOON: &str = "Sat, 28 Nov 2026 12:00:00 GMT";
    const LATER: &str = "Sat, 28 Nov 2026 12:00:07 GMT";

    fn wait(asked: &'static str, date: Option<&'static str>, now: SystemTime) -> Option<Duration> {
        let mut headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(asked))]);
        headers.extend(date.map(|date| (DATE, HeaderValue::from_static(date))));
        retry_after(&headers, now)
    }

    #[test]
    fn seconds_are_a_wait() {
        let now = SystemTime::now();
        assert_eq!(wait("7", None, now), Some(Duration::from_secs(7)));
        assert_eq!(wait(" 0.5 ", None, now), Some(Duration::from_millis(500)));
        assert_eq!(wait("0", None, now), Some(Duration::ZERO));
        for huge in ["99999999999999999999999", &*"9".repeat(400).leak()] {
            assert_eq!(wait(huge, None, now), Some(Duration::MAX));
        }
        for wrong in ["-1", "soon", "", "NaN", "1e99"] {
            assert_eq!(wait(wrong, None, now), None, "{wrong}");
        }
    }

    #[test]
    fn a_date_is_a_wait_by_the_clock_of_the_server() {
        let hours_off = httpdate::parse_http_date(NOON).unwrap() + Duration::from_secs(7200);
        assert_eq!(wait(LATER, Some(NOON), hours_off), Some(Duration::from_secs(7)));
        assert_eq!(wait(NOON, Some(LATER), hours_off), Some(Duration::ZERO));
    }

    #[test]
    fn a_date_is_a_wait_by_our_clock_if_the_server_tells_no_time() {
        let noon = httpdate::parse_http_date(NOON).unwrap();
        assert_eq!(wait(LATER, None, noon), Some(Duration::from_secs(7)));
        assert_eq!(wait(LATER, None, noon + Duration::from_secs(60)), Some(Duration::ZERO));
        assert_eq!(wait("Saturday, 28-Nov-26 12:00:07 GMT", None, noon), Some(Duration::from_secs(7)));
    }
}
