//! Generates random workflows that a schema allows.

use comfy_schema::{
    Autogrow, InputDef, InputKind, InputOptions, Map, NodeDef, OutputKind, Schema, Section, Text, Value,
};

/// A generator of pseudo-random numbers, which are the same for the same seed (`SplitMix64`).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Creates a generator with this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Returns a number below `end`, which must not be 0.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap_or_default()
    }

    /// Returns true with a probability of 1 in `n`.
    fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<'t, T>(&mut self, of: &'t [T]) -> Option<&'t T> {
        if of.is_empty() { None } else { of.get(self.below(of.len())) }
    }
}

/// Pieces of texts, many of which are hard to write in a Rust source.
const PIECES: [&str; 30] = [
    "a cat",
    " in the rain,",
    " ",
    "  ",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "\t",
    "\"",
    "\"#",
    "\"##",
    "\\",
    "\\n",
    "'",
    "{a|b}",
    "//",
    "/*",
    "*/",
    "猫が好き",
    "é",
    "\u{3000}",
    "\u{a0}",
    "\u{202e}",
    "\u{200b}",
    "🙂",
    "\u{1}",
    "\0",
    "https://example.com/a_very_long_word_without_any_gap",
    "masterpiece, best quality, highly detailed, cinematic lighting, ",
];

/// Returns a prompt of about `size` nodes that the schema allows: every required input is given, links fit, and values
/// are in range. A few nodes break these rules, in each of the ways that an importer must handle.
pub fn any_workflow(schema: &Schema, dice: &mut Dice, size: usize) -> Value {
    let mut maker = Maker { dice, nodes: Vec::new(), schema, depth: 0 };
    let outputs: Vec<&NodeDef> = schema.nodes.iter().filter(|node| node.output_node).collect();
    while maker.nodes.len() < size {
        let among_outputs = maker.nodes.is_empty() || maker.dice.once_in(5);
        let class = if among_outputs { maker.dice.pick(&outputs).copied() } else { maker.dice.pick(&schema.nodes) };
        let Some(class) = class else { break };
        maker.node(class);
    }
    let nodes: Vec<(String, Value)> = maker.nodes.into_iter().map(|made| (made.id, made.json)).collect();
    Value::Object(nodes.into_iter().collect())
}

struct Maker<'d, 's> {
    dice: &'d mut Dice,
    nodes: Vec<Made<'s>>,
    schema: &'s Schema,
    /// The nesting depth of calls to [`source`](Self::source), which is limited.
    depth: usize,
}

struct Made<'s> {
    id: String,
    class: &'s NodeDef,
    json: Value,
}

impl<'s> Maker<'_, 's> {
    fn node(&mut self, class: &'s NodeDef) {
        let mut inputs = Map::new();
        for input in &class.inputs {
            self.input(input, &input.name.clone(), &mut inputs);
        }
        if self.dice.once_in(40) {
            inputs.insert("not_declared", 1);
        }
        if self.dice.once_in(40) {
            let first = inputs.keys().next().cloned().unwrap_or_default();
            inputs.remove(&first);
        }
        let number = self.nodes.len() + 1;
        let id = match self.dice.below(4) {
            0 => format!("{}:{number}", 900 + self.dice.below(3)),
            1 => format!("{}:{}:{number}", 900 + self.dice.below(2), self.dice.below(2)),
            _ => number.to_string(),
        };
        let mut json = Map::new();
        json.insert("inputs", inputs);
        if !self.dice.once_in(60) {
            json.insert(
                "class_type",
                if self.dice.once_in(40) { "NotInTheSchema".into() } else { class.class.clone() },
            );
        }
        let title = match self.dice.below(6) {
            0 => self.text(),
            1 => "Positive Prompt".to_owned(),
            _ => class.display_name.clone().unwrap_or_else(|| class.class.clone()).to_string(),
        };
        json.insert("_meta", [("title", title)].into_iter().collect::<Map>());
        self.nodes.push(Made { id, class, json: json.into() });
    }

    fn input(&mut self, input: &InputDef, name: &str, inputs: &mut Map) {
        let optional = input.section == Section::Optional;
        if optional && self.dice.once_in(2) {
            return;
        }
        match &input.kind {
            InputKind::Autogrow(grow) => self.grow(grow, name, inputs),
            InputKind::DynamicCombo(branches) => {
                let Some(branch) = self.dice.pick(branches) else { return };
                inputs.insert(name, branch.key.clone());
                for child in &branch.inputs {
                    self.input(child, &format!("{name}.{}", child.name), inputs);
                }
            }
            InputKind::DynamicGroup(group) => {
                let rows = group.min + self.dice.below(3);
                for row in 0..rows.min(group.max) {
                    for child in &group.inputs {
                        self.input(child, &format!("{name}.{row}.{}", child.name), inputs);
                    }
                }
            }
            _ => {
                if let Some(value) = self.value(input) {
                    inputs.insert(name, value);
                }
            }
        }
    }

    fn grow(&mut self, grow: &Autogrow, name: &str, inputs: &mut Map) {
        let count = (grow.min + self.dice.below(4)).min(grow.names.len());
        for (at, child) in grow.names.iter().take(count).enumerate() {
            if at < grow.min || !self.dice.once_in(4) {
                let mut element = (*grow.element).clone();
                element.section = Section::Required;
                self.input(&element, &format!("{name}.{child}"), inputs);
            }
        }
    }

    fn value(&mut self, input: &InputDef) -> Option<Value> {
        let linked = self.dice.once_in(6);
        Some(match &input.kind {
            kind if linked || !has_literal(kind) => self.link(kind)?,
            _ if self.dice.once_in(80) => self.odd(),
            _ if self.dice.once_in(5) && input.options.default().is_some_and(is_plain) => {
                input.options.default().cloned().unwrap_or(Value::Null)
            }
            InputKind::Int => self.int(&input.options),
            InputKind::Float => self.float(&input.options),
            InputKind::Boolean => Value::Bool(self.dice.once_in(2)),
            InputKind::Combo(combo) if combo.multiselect => {
                let some: Vec<Value> = combo.values.iter().filter(|_| self.dice.once_in(3)).cloned().collect();
                Value::Object([("__value__", Value::Array(some))].into_iter().collect())
            }
            InputKind::Combo(combo) => match self.dice.pick(&combo.values) {
                Some(value) => value.clone(),
                None => Value::from("some_model.safetensors"),
            },
            InputKind::Widget(_) => Value::Object([("x", 1), ("y", 2)].into_iter().collect()),
            InputKind::Union(words) => words.iter().find_map(literal_of)?,
            _ => Value::from(self.text()),
        })
    }

    fn int(&mut self, options: &InputOptions) -> Value {
        let bound = |value: Option<&Value>, other: i128| value.and_then(Value::as_i128).unwrap_or(other);
        let (min, max) = (bound(options.min(), -5), bound(options.max(), 5000));
        if max <= min {
            return Value::Int(min);
        }
        Value::Int(min + i128::from(self.dice.next()) % (max - min + 1))
    }

    fn float(&mut self, options: &InputOptions) -> Value {
        let bound = |value: Option<&Value>, other: f64| value.and_then(Value::as_f64).unwrap_or(other);
        let (min, max) = (bound(options.min(), -2.0), bound(options.max(), 30.0));
        let part = f64::from(u32::try_from(self.dice.next() >> 32).unwrap_or_default()) / f64::from(u32::MAX);
        let value = Value::Float((min + (max - min) * part).clamp(min, max));
        match value.as_f64().map(f64::round) {
            Some(round) if self.dice.once_in(3) && (min..=max).contains(&round) => {
                Value::Float(round).as_i128().map_or(value, Value::Int)
            }
            _ => value,
        }
    }

    fn text(&mut self) -> String {
        let pieces = self.dice.below(12);
        (0..pieces).filter_map(|_| self.dice.pick(&PIECES).copied()).collect()
    }

    /// Returns a value that most inputs reject.
    fn odd(&mut self) -> Value {
        match self.dice.below(8) {
            0 => Value::Null,
            1 => Value::Int(i128::from(u64::MAX) + 1),
            2 => Value::Int(-7_000_000_000),
            3 => Value::Float(1e300),
            4 => Value::Array(vec![Value::from("nobody"), Value::Int(0)]),
            5 => Value::Array(vec![Value::Int(1), Value::Null]),
            6 => Value::Bool(true),
            _ => Value::from("none of the options \"'\\"),
        }
    }

    /// Returns a link to an output that fits, or now and then to any output.
    fn link(&mut self, kind: &InputKind) -> Option<Value> {
        let any = self.dice.once_in(30);
        let found = self.fitting(kind, any);
        let fitting = if found.is_empty() { self.source(kind) } else { found };
        // Only the last outputs are chosen from, so that chains grow.
        let recent = fitting.len().saturating_sub(6);
        let (id, slot) = self.dice.pick(fitting.get(recent..)?)?.clone();
        Some(Value::Array(vec![Value::from(id), Value::from(slot)]))
    }

    /// Adds a node with an output that fits an input, if the schema has one, and returns the outputs that fit.
    fn source(&mut self, kind: &InputKind) -> Vec<(String, usize)> {
        let gives = |node: &&NodeDef| node.outputs.iter().any(|output| fits(&output.kind, kind));
        let classes: Vec<&'s NodeDef> = self.schema.nodes.iter().filter(gives).collect();
        if self.depth < 6
            && let Some(class) = self.dice.pick(&classes).copied()
        {
            self.depth += 1;
            self.node(class);
            self.depth -= 1;
        }
        self.fitting(kind, false)
    }

    /// Returns the outputs that fit an input, or all outputs if `any` is set.
    fn fitting(&self, kind: &InputKind, any: bool) -> Vec<(String, usize)> {
        let mut fitting = Vec::new();
        for made in &self.nodes {
            for (slot, output) in made.class.outputs.iter().enumerate() {
                if any || fits(&output.kind, kind) {
                    fitting.push((made.id.clone(), slot));
                }
            }
        }
        fitting
    }
}

fn has_literal(kind: &InputKind) -> bool {
    match kind {
        InputKind::Int
        | InputKind::Float
        | InputKind::String
        | InputKind::Boolean
        | InputKind::Combo(_)
        | InputKind::Widget(_)
        | InputKind::Any => true,
        InputKind::Union(words) => words.iter().any(|word| literal_of(word).is_some()),
        _ => false,
    }
}

fn literal_of(word: &Text) -> Option<Value> {
    Some(match word.as_str() {
        "INT" => Value::Int(3),
        "FLOAT" => Value::Float(0.5),
        "STRING" => Value::from("text"),
        "BOOLEAN" => Value::Bool(true),
        _ => return None,
    })
}

fn is_plain(value: &Value) -> bool {
    matches!(value, Value::Int(_) | Value::String(_) | Value::Bool(_)) || value.as_f64().is_some_and(f64::is_finite)
}

fn fits(output: &OutputKind, input: &InputKind) -> bool {
    let (from, to) = (output.type_word(), input.type_word());
    let anything = |word: &str| word == "*" || word == "COMFY_MATCHTYPE_V3";
    anything(&from)
        || anything(&to)
        || from.split(',').any(|word| to.split(',').any(|other| word.trim() == other.trim()))
}
