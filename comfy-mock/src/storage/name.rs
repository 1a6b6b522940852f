//! Names of folders and files, as prompts and routes use them.

use std::time::{SystemTime, UNIX_EPOCH};

/// One of the three folders that clients can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Area {
    Input,
    Output,
    Temp,
}

impl Area {
    /// Returns the name of the folder in `type` and in annotations.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
            Self::Temp => "temp",
        }
    }

    /// Returns the folder with this name.
    pub(crate) fn of(word: &str) -> Option<Self> {
        [Self::Input, Self::Output, Self::Temp].into_iter().find(|area| area.name() == word)
    }
}

/// Splits `name [output]` into the folder and the name. As on a real server, the character before the annotation is
/// removed as well, whether it is a space or not.
pub(crate) fn annotated(name: &str) -> (Option<Area>, &str) {
    for area in [Area::Output, Area::Input, Area::Temp] {
        if let Some(rest) = name.strip_suffix(&format!("[{}]", area.name())) {
            let end = rest.char_indices().next_back().map_or(0, |(at, _)| at);
            return (Some(area), rest.get(..end).unwrap_or_default());
        }
    }
    (None, name)
}

/// Replaces `%width%`, `%year%` and so on in a file name prefix. Times are in UTC.
pub(crate) fn fill_in(prefix: &str, width: u32, height: u32) -> String {
    if !prefix.contains('%') {
        return prefix.to_owned();
    }
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let (year, month, day) = date(seconds / 86_400);
    let clock = seconds % 86_400;
    prefix
        .replace("%width%", &width.to_string())
        .replace("%height%", &height.to_string())
        .replace("%year%", &year.to_string())
        .replace("%month%", &format!("{month:02}"))
        .replace("%day%", &format!("{day:02}"))
        .replace("%hour%", &format!("{:02}", clock / 3600))
        .replace("%minute%", &format!("{:02}", clock / 60 % 60))
        .replace("%second%", &format!("{:02}", clock % 60))
}

/// Converts a number of days since 1970-01-01 to year, month and day. Internally, years begin in March, so that a leap
/// day is the last day of its year.
pub(crate) fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

/// Returns the number in `prefix_00012_.png`, if the file has this prefix.
pub(crate) fn number_after(prefix: &str, file: &str) -> Option<u64> {
    let rest = file.strip_prefix(prefix)?.strip_prefix('_')?;
    Some(rest.split('_').next().and_then(|digits| digits.parse().ok()).unwrap_or(0))
}

/// Returns the content type for a file name.
pub(crate) fn content_type(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    match extension.as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "gif" => "image/gif",
        "bmp" => "image/bmp",
        "tif" | "tiff" => "image/tiff",
        "avif" => "image/avif",
        "svg" => "image/svg+xml",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "mov" => "video/quicktime",
        "mkv" => "video/x-matroska",
        "wav" => "audio/x-wav",
        "mp3" => "audio/mpeg",
        "flac" => "audio/flac",
        "ogg" => "audio/ogg",
        "opus" => "audio/opus",
        "txt" => "text/plain",
        "csv" => "text/csv",
        "md" => "text/markdown",
        "json" => "application/json",
        "xml" => "text/xml",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        // Browsers must download HTML, JavaScript, CSS and unknown files instead of showing them.
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::{Area, annotated, content_type, date, fill_in, number_after};

    #[test]
    fn an_annotation_is_removed_with_the_character_before_it() {
        assert_eq!(annotated("a.png [output]"), (Some(Area::Output), "a.png"));
        assert_eq!(annotated("a.pngx[temp]"), (Some(Area::Temp), "a.png"));
        assert_eq!(annotated("ä[input]"), (Some(Area::Input), ""));
        assert_eq!(annotated("[input]"), (Some(Area::Input), ""));
        assert_eq!(annotated("a [other]"), (None, "a [other]"));
    }

    #[test]
    fn dates_are_right() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(19_782), (2024, 2, 29));
        assert_eq!(date(20_454), (2026, 1, 1));
    }

    #[test]
    fn placeholders_in_prefixes_are_replaced() {
        assert_eq!(fill_in("a_%width%x%height%", 64, 32), "a_64x32");
    }

    #[test]
    fn file_numbers_are_found() {
        assert_eq!(number_after("cat", "cat_00012_.png"), Some(12));
        assert_eq!(number_after("cat", "cat_x_.png"), Some(0));
        assert_eq!(number_after("cat", "cats_00012_.png"), None);
    }

    #[test]
    fn active_content_has_the_type_of_a_download() {
        for name in ["x.html", "x.xhtml", "x.js", "x.mjs", "x.css", "x.htm", "x", "x.unknown"] {
            assert_eq!(content_type(name), "application/octet-stream", "{name}");
        }
        assert_eq!(content_type("X.PNG"), "image/png");
    }
}
