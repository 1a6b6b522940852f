//! Nodes of paid services: dynamic branches with lists inside, combos of numbers.

use comfy_runtime::types::IMAGE;
use comfy_runtime::{Out, workflow};
use comfy_tests::nodes::{
    ByteDance2ReferenceNode, KlingVideoNode, LoadAudio, LoadImage, LoadVideo, LtxvApiTextToVideo, ReveImageCreateNode,
    SaveImage, SaveVideo, byte_dance2_reference_node, kling_video_node, reve_image_create_node,
};

use crate::snapshot;

#[test]
fn branches_with_lists_inside() {
    let looks = ["front.png", "back.png"];
    snapshot!(workflow! {
        let reference_images: Vec<Out<IMAGE>> = looks.iter().map(|&image| LoadImage { image }.image).collect();
        let video = ByteDance2ReferenceNode {
            model: byte_dance2_reference_node::model::Seedance2_0 {
                prompt: "she walks away",
                resolution: "720p",
                ratio: "21:9",
                duration: 4,
                reference_images,
                reference_videos: [LoadVideo { file: "walk.mp4" }],
                reference_audios: [LoadAudio { audio: "steps.wav" }],
                reference_assets: ["asset-1", "asset-2"],
            },
            seed: 2_147_483_647,
        };
        SaveVideo { video }
    });
}

#[test]
fn two_choices_in_one_node() {
    snapshot!(workflow! {
        let picture = ReveImageCreateNode {
            prompt: "a tin robot",
            model: reve_image_create_node::model::ReveCreate20250915 { aspect_ratio: "1:1" },
            upscale: reve_image_create_node::upscale::Enabled { upscale_factor: 4 },
        };
        let plain = ReveImageCreateNode {
            prompt: "a tin robot",
            model: reve_image_create_node::model::ReveCreate20250915 { aspect_ratio: "3:2", test_time_scaling: 2 },
            upscale: "disabled",
            remove_background: true,
        };
        SaveImage { images: picture };
        SaveImage { images: plain };
    });
}

#[test]
fn storyboards_and_numeric_options() {
    let long = true;
    snapshot!(workflow! {
        let story = KlingVideoNode {
            multi_shot: kling_video_node::multi_shot::_2Storyboards {
                storyboard_1_prompt: "a door opens",
                storyboard_2_prompt: "a cat looks out",
                storyboard_2_duration: 3,
            },
            model: kling_video_node::model::KlingV3 { aspect_ratio: "9:16" },
        };
        let clip = LtxvApiTextToVideo {
            model: "LTX-2 (Pro)",
            prompt: "a cat looks out",
            duration: if long { 20 } else { 6 },
            resolution: "1920x1080",
            fps: 50,
            generate_audio: true,
        };
        SaveVideo { video: story };
        SaveVideo { video: clip };
    });
}
