//! The versions of the server and of the packages that it needs.

use comfy_runtime::client::routes::SystemStats;
use comfy_schema::Value;

use super::check::Check;

const NAME: &str = "version";

/// The oldest version of ComfyUI that this release was tested with.
const OLDEST_TESTED: [u64; 3] = [0, 3, 64];

/// The newest version of ComfyUI that this release was tested with.
const NEWEST_TESTED: [u64; 3] = [0, 28, 0];

/// Checks the version of the server and the packages that belong to it.
pub(super) fn check(stats: &SystemStats) -> Check {
    let version = &stats.comfyui_version;
    let message = describe(stats);
    let tested = format!("{} to {}", dotted(OLDEST_TESTED), dotted(NEWEST_TESTED));
    let Some(parsed) = parse(version) else {
        let message = format!("{message}; the version is unknown");
        return Check::warning(NAME, message, format!("versions {tested} were tested; check that the server is one"));
    };
    if parsed < OLDEST_TESTED {
        let remedy = format!("update ComfyUI; versions {tested} were tested");
        return Check::warning(NAME, format!("{message}, which is older than any tested version"), remedy);
    }
    let packages = outdated(&stats.raw);
    if !packages.is_empty() {
        let message = format!("{message}; packages are older than it requires: {}", packages.join(", "));
        return Check::warning(NAME, message, "run `pip install -r requirements.txt` in ComfyUI's folder");
    }
    if parsed > NEWEST_TESTED {
        return Check::ok(NAME, format!("{message}, which is newer than the tested versions {tested}"));
    }
    Check::ok(NAME, message)
}

/// Returns the versions of the server, Python and torch, and its main device.
fn describe(stats: &SystemStats) -> String {
    let mut parts = vec![format!("ComfyUI {}", stats.comfyui_version)];
    let python = stats.python_version.split_whitespace().next();
    parts.extend(python.map(|version| format!("Python {version}")));
    if !stats.pytorch_version.is_empty() {
        parts.push(format!("torch {}", stats.pytorch_version));
    }
    parts.extend(stats.devices.first().map(|device| device.name.clone()));
    parts.join(", ")
}

/// Returns the packages that are missing or older than required.
fn outdated(stats: &Value) -> Vec<String> {
    let member = |value: &Value, key: &str| value.as_object().and_then(|map| map.get(key)).cloned();
    let packages = member(stats, "system").and_then(|system| member(&system, "comfy_package_versions"));
    let packages = packages.as_ref().and_then(Value::as_array).unwrap_or_default().iter();
    let text = |package: &Value, key| member(package, key).and_then(|value| value.as_str().map(str::to_owned));
    let differing = packages.filter_map(|package| {
        let (name, required) = (text(package, "name")?, text(package, "required")?);
        match text(package, "installed") {
            Some(installed) if installed == required || parse(&installed) > parse(&required) => None,
            Some(installed) => Some(format!("{name} {installed} instead of {required}")),
            None => Some(format!("{name} {required} is missing")),
        }
    });
    differing.collect()
}

/// Parses `0.26.0`, with or without a `v` in front and a suffix behind.
fn parse(version: &str) -> Option<[u64; 3]> {
    let mut numbers = version.trim_start_matches('v').splitn(3, '.');
    let mut next = || {
        let part = numbers.next().unwrap_or("0");
        let digits = part.find(|c: char| !c.is_ascii_digit()).map_or(part, |end| &part[..end]);
        digits.parse().ok()
    };
    Some([next()?, next()?, next()?])
}

fn dotted(version: [u64; 3]) -> String {
    version.map(|part| part.to_string()).join(".")
}

#[cfg(test)]
mod tests {
    use super::{outdated, parse};
    use comfy_schema::Value;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        assert_eq!(parse("0.26.0"), Some([0, 26, 0]));
        assert_eq!(parse("v0.3.64-12-gabcdef"), Some([0, 3, 64]));
        assert_eq!(parse("1"), Some([1, 0, 0]));
        assert!(parse("0.3.9") < parse("0.26"));
        assert_eq!((parse(""), parse("unknown"), parse("0.x")), (None, None, None));
    }

    #[test]
    fn packages_that_are_missing_or_older_are_named() {
        let stats = br#"{"system": {"comfy_package_versions": [
            {"name": "a", "installed": "1", "required": "1"}, {"name": "b", "installed": "1", "required": "2"},
            {"name": "c", "installed": null, "required": "2"}, {"name": "d", "installed": "1", "required": null},
            {"name": "e", "installed": "1.10", "required": "1.9"}]}}"#;
        assert_eq!(outdated(&Value::parse(stats).unwrap()), ["b 1 instead of 2", "c 2 is missing"]);
        assert!(outdated(&Value::Null).is_empty());
    }
}
