//! Reimplementation of the parts of the front end's JavaScript that a conversion needs: numbers, texts, dates and
//! titles.

pub(crate) mod date;
pub(crate) mod dynamic_prompt;
pub(crate) mod js;
pub(crate) mod random;
pub(crate) mod title;
