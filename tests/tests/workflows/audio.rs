//! Audio.

use comfy_runtime::workflow;
use comfy_tests::nodes::save_audio_advanced::format;
use comfy_tests::nodes::{
    CheckpointLoaderSimple, ConditioningZeroOut, EmptyLatentAudio, KSampler, SaveAudioAdvanced, TextEncodeAceStepAudio,
    VAEDecodeAudio,
};

use crate::snapshot;

#[test]
fn a_song_in_two_formats() {
    snapshot!(workflow! {
        let ckpt = CheckpointLoaderSimple { ckpt_name: "ace_step.safetensors" };
        let song = TextEncodeAceStepAudio {
            clip: ckpt.clip,
            tags: "folk, guitar",
            lyrics: "[verse]\nOver the hills\n",
            lyrics_strength: 0.99,
        };
        let samples = KSampler {
            model: ckpt.model,
            positive: song,
            negative: ConditioningZeroOut { conditioning: song },
            latent_image: EmptyLatentAudio { seconds: 120 },
            steps: 50,
            cfg: 5.0,
            sampler_name: "euler",
            scheduler: "simple",
        };
        let audio = VAEDecodeAudio { samples, vae: ckpt.vae };
        SaveAudioAdvanced { audio, format: "flac" };
        SaveAudioAdvanced { audio, format: format::Mp3 { quality: "320k" }, filename_prefix: "audio/small" };
        SaveAudioAdvanced { audio, format: format::Opus {} };
        // Without a value, the first branch is used, as in the editor.
        SaveAudioAdvanced { audio };
    });
}
