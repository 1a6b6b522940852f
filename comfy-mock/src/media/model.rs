//! Files of other kinds: a mesh, a latent, a vector drawing.

use comfy_schema::Value;

use super::boxes::{joined, u32_of};
use crate::json::{dumps, object};

/// Returns a mesh of one triangle: binary glTF 2.0.
pub(crate) fn glb() -> Vec<u8> {
    let corners: Vec<u8> =
        [0.0_f32, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0].iter().flat_map(|corner| corner.to_le_bytes()).collect();
    let mut scene = concat!(
        r#"{"asset":{"version":"2.0","generator":"comfy-mock"},"scene":0,"scenes":[{"nodes":[0]}],"#,
        r#""nodes":[{"mesh":0}],"meshes":[{"primitives":[{"attributes":{"POSITION":0}}]}],"#,
        r#""buffers":[{"byteLength":36}],"bufferViews":[{"buffer":0,"byteLength":36,"target":34962}],"#,
        r#""accessors":[{"bufferView":0,"componentType":5126,"count":3,"type":"VEC3","min":[0,0,0],"max":[1,1,0]}]}"#
    )
    .to_owned();
    while !scene.len().is_multiple_of(4) {
        scene.push(' ');
    }
    let chunk = |kind: [u8; 4], body: &[u8]| joined(&[&u32_of(body.len()).to_le_bytes(), &kind, body]);
    let chunks = joined(&[&chunk(*b"JSON", scene.as_bytes()), &chunk(*b"BIN\0", &corners)]);
    joined(&[b"glTF", &2_u32.to_le_bytes(), &u32_of(chunks.len() + 12).to_le_bytes(), &chunks])
}

/// Returns a latent of zeros for a picture of this size, in the format of `SaveLatent`: safetensors.
pub(crate) fn latent(width: u32, height: u32, texts: &[(String, String)]) -> Vec<u8> {
    // Tests need no large latents, so that the size is limited.
    let (across, down) = ((width / 8).clamp(1, 64), (height / 8).clamp(1, 64));
    let length = 4 * across * down * 4;
    let texts = texts.iter().map(|(key, text)| (key.as_str(), Value::from(text.as_str()))).collect();
    let numbers = |numbers: &[u32]| -> Value { numbers.iter().copied().collect() };
    let header = dumps(&object([
        ("__metadata__", Value::Object(texts)),
        (
            "latent_tensor",
            object([
                ("dtype", Value::from("F32")),
                ("shape", numbers(&[1, 4, down, across])),
                ("data_offsets", numbers(&[0, length])),
            ]),
        ),
        (
            "latent_format_version_0",
            object([
                ("dtype", Value::from("F32")),
                ("shape", numbers(&[0])),
                ("data_offsets", numbers(&[length, length])),
            ]),
        ),
    ]));
    joined(&[&(header.len() as u64).to_le_bytes(), header.as_bytes(), &vec![0; length as usize]])
}

/// Returns an SVG drawing of an ellipse.
pub(crate) fn svg(width: u32, height: u32, seed: u64) -> Vec<u8> {
    let hue = seed % 360;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\">\
         <ellipse cx=\"50%\" cy=\"50%\" rx=\"40%\" ry=\"40%\" fill=\"hsl({hue},60%,60%)\"/></svg>\n"
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use comfy_schema::Value;

    use super::{glb, latent};

    #[test]
    fn a_mesh_file_states_its_length() {
        let glb = glb();
        assert_eq!(u32::from_le_bytes(glb[8..12].try_into().unwrap()) as usize, glb.len());
        assert_eq!(glb.len() % 4, 0);
    }

    #[test]
    fn a_latent_is_a_safetensors_file() {
        let file = latent(64, 32, &[("prompt".to_owned(), "{}".to_owned())]);
        let length = usize::try_from(u64::from_le_bytes(file[..8].try_into().unwrap())).unwrap();
        let header = Value::parse(&file[8..8 + length]).unwrap();
        assert!(header.as_object().unwrap().contains_key("latent_tensor"));
        assert_eq!(file.len(), 8 + length + 4 * 8 * 4 * 4);
    }
}
