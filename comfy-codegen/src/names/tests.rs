//! Tests of the rules of naming, one for each rule.

use std::collections::HashSet;

use super::{
    Ident, Suffix, Wish, core_types, exact_or_snake, marker_case, reserved, settle, settle_beside, snake_case,
    type_case,
};

fn settled(names: &[&str]) -> Vec<String> {
    let wishes: Vec<Wish<'_>> = names.iter().map(|&exact| Wish { exact, wanted: type_case(exact) }).collect();
    settle(&wishes, Suffix::Type)
}

#[test]
fn types_keep_the_capitals_of_their_author() {
    for (name, ident) in [
        ("KSampler", "KSampler"),
        ("CLIPTextEncode", "CLIPTextEncode"),
        ("easy fullLoader", "EasyFullLoader"),
        ("unCLIPConditioning", "UnCLIPConditioning"),
        ("SV3D_Conditioning", "SV3DConditioning"),
        ("Lora Loader Stack (rgthree)", "LoraLoaderStackRgthree"),
        ("dpmpp_2m_sde", "Dpmpp2mSde"),
    ] {
        assert_eq!(type_case(name), ident, "{name}");
    }
}

#[test]
fn several_words_in_capitals_become_camel_case() {
    assert_eq!(type_case("IMAGE_FLIP"), "ImageFlip");
    assert_eq!(type_case("SVG"), "SVG");
    assert_eq!(type_case("#PRESET"), "PRESET");
}

#[test]
fn digits_stay_apart_and_never_begin_a_name() {
    for (name, ident) in [
        ("AceStep1.5", "AceStep1_5"),
        ("3D Viewer", "_3DViewer"),
        ("16:9", "_16_9"),
        ("1.5", "_1_5"),
        ("v1 2", "V1_2"),
        ("seedream-4-0-250828", "Seedream4_0_250828"),
    ] {
        assert_eq!(type_case(name), ident, "{name}");
    }
}

#[test]
fn symbols_by_which_names_differ_are_spelled_out() {
    for (name, ident) in [
        ("ImageFlip+", "ImageFlipPlus"),
        ("a & b", "AAndB"),
        ("<=", "LessEqual"),
        ("CONDITIONING-", "ConditioningMinus"),
    ] {
        assert_eq!(type_case(name), ident, "{name}");
    }
    assert_eq!(snake_case("+ve"), "plus_ve");
    assert_eq!(snake_case("-ve"), "minus_ve");
    assert_eq!(snake_case("*"), "star");
    assert_eq!(snake_case("A - Float"), "a_float");
}

#[test]
fn names_without_letters_are_spelled_out() {
    assert_eq!(type_case("?"), "Question");
    assert_eq!(type_case("//"), "SlashSlash");
    assert_eq!(type_case(""), "Empty");
    assert_eq!(type_case("🟦"), "U1F7E6");
    assert_eq!(snake_case("_"), "underscore");
}

#[test]
fn letters_of_other_scripts_stay_unless_a_lint_warns() {
    assert_eq!(exact_or_snake("输入"), "输入");
    assert_eq!(type_case("输入 image"), "输入Image");
    assert_eq!(exact_or_snake("größe"), "größe");
    // These look like Latin letters, or can be written in two ways.
    assert_eq!(exact_or_snake("σ"), "sigma");
    assert_eq!(exact_or_snake("e\u{301}"), "e");
    assert_eq!(exact_or_snake("ＡＢ（１）"), "ab_1");
}

#[test]
fn fields_that_are_identifiers_are_left_alone() {
    for name in ["model", "clip_name1", "CLIP_L", "a__b", "_private", "type"] {
        assert_eq!(exact_or_snake(name), name);
    }
    assert_eq!(exact_or_snake("a.b"), "a_b");
    assert_eq!(exact_or_snake("2nd"), "_2nd");
    assert_eq!(exact_or_snake("Select to add LoRA"), "select_to_add_lora");
    assert_eq!(exact_or_snake("blocks.3."), "blocks_3");
}

#[test]
fn keywords_are_raw_or_get_an_underscore() {
    assert_eq!(Ident::new("type".into()).to_string(), "r#type");
    assert_eq!(Ident::new("type".into()).name(), "type");
    for name in ["self", "super", "crate", "Self"] {
        assert_eq!(Ident::new(name.into()).to_string(), format!("{name}_"));
    }
}

#[test]
fn every_keyword_that_syn_knows_is_known_here() {
    for word in "abstract as async await become box break const continue crate do dyn else enum extern false final fn \
                 for if impl in let loop macro match mod move mut override priv pub ref return self Self static struct \
                 super trait true try type typeof unsafe unsized use virtual where while yield"
        .split_whitespace()
    {
        assert!(reserved::is_keyword(word) || reserved::is_unescapable(word), "{word}");
        assert!(syn::parse_str::<syn::Ident>(&Ident::new(word.into()).to_string()).is_ok(), "{word}");
    }
}

#[test]
fn markers_keep_the_spelling_of_the_word() {
    assert_eq!(marker_case("image_LIST"), "image_LIST");
    assert_eq!(marker_case("INT:seed"), "INT_seed");
    assert_eq!(marker_case("BASIC PIPE"), "BASIC_PIPE");
}

#[test]
fn the_prelude_and_the_runtime_are_not_shadowed() {
    for name in ["String", "Some", "None", "Ok", "Vec", "Box", "Node", "Input", "Match", "Workflow", "T", "T2"] {
        assert!(reserved::is_reserved_type(name), "{name}");
    }
    assert!(!reserved::is_reserved_type("Tint"));
}

#[test]
fn core_words_are_sorted_and_equal_those_of_the_runtime() {
    assert!(core_types::WORDS.is_sorted());
    let of_runtime: HashSet<&str> = comfy_runtime::types::WORDS.iter().copied().collect();
    assert_eq!(core_types::WORDS.iter().copied().collect::<HashSet<_>>(), of_runtime);
    assert!(core_types::is_core("IMAGE") && !core_types::is_core("POSE_KEYPOINT"));
}

#[test]
fn a_class_that_is_a_valid_name_keeps_it() {
    assert_eq!(settled(&["Image Flip", "ImageFlip+", "ImageFlip"]), ["ImageFlip2", "ImageFlipPlus", "ImageFlip"]);
}

#[test]
fn numbers_avoid_names_that_exist() {
    assert_eq!(settled(&["A-B", "A B", "AB2"]), ["AB3", "AB", "AB2"]);
    assert_eq!(settled(&["V1", "V-1"]), ["V1", "V1_2"]);
}

#[test]
fn numbers_avoid_other_names_of_the_namespace() {
    let wishes = ["a", "a!"].map(|exact| Wish { exact, wanted: "a".to_owned() });
    assert_eq!(settle_beside(&wishes, Suffix::Snake, |name| name == "a_2"), ["a", "a_3"]);
}

#[test]
fn names_do_not_depend_on_the_order() {
    let names = ["Image Flip", "ImageFlip", "Image-Flip", "image flip", "ImageFlip2", "3", "3.", "?3"];
    let expected: HashSet<(&str, String)> = names.iter().copied().zip(settled(&names)).collect();
    let mut rotated = names;
    for _ in 0..names.len() {
        rotated.rotate_left(1);
        rotated.swap(0, 3);
        assert_eq!(rotated.iter().copied().zip(settled(&rotated)).collect::<HashSet<_>>(), expected);
    }
    assert_eq!(expected.iter().map(|(_, name)| name).collect::<HashSet<_>>().len(), names.len());
}

#[test]
fn numbering_many_equal_names_takes_linear_time() {
    // With a search from 2 for each name, this takes a minute.
    let exact: Vec<String> = (0..30_000).map(|at| format!("{at:05}")).collect();
    let wishes: Vec<Wish<'_>> = exact.iter().map(|exact| Wish { exact, wanted: "A".to_owned() }).collect();
    let names = settle(&wishes, Suffix::Type);
    assert_eq!((names[0].as_str(), names[1].as_str(), names[29_999].as_str()), ("A", "A2", "A30000"));
}
