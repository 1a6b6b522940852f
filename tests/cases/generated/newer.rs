::comfy_runtime::generated_format!(2);

use ::comfy_runtime::generated::{Desc, Later, NoOutput, Node};

pub struct KSampler {
    pub model: Later<MODEL>,
}

impl Node for KSampler {
    const DESC: Desc = Desc::later("");
    type Placed = NoOutput;
}
