//! Mistakes do not compile, and rustc says what a user would want to hear, at the token that is wrong.
//!
//! One case per mistake under `cases/fail/`, named for it. `TRYBUILD=overwrite cargo test -p comfy-tests --test
//! compile_fail` writes the messages anew: read each before you keep it.

#[test]
fn mistakes_do_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("cases/fail/*.rs");
}
