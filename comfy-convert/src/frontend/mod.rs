//! The parts of the front end's own JavaScript that a conversion repeats: numbers, texts, dates and titles.

pub(crate) mod date;
pub(crate) mod dynamic_prompt;
pub(crate) mod js;
pub(crate) mod random;
pub(crate) mod title;
