::comfy_runtime::generated_format!(0);

use ::comfy_runtime::generated::{Desc, Former, NoOutput, Node};

pub struct KSampler {
    pub model: Former<MODEL>,
}

impl Node for KSampler {
    const DESC: Desc = Desc::former("");
    type Placed = NoOutput;
}
