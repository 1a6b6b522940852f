//! Widgets and their values.

use crate::support::{convert, file, inputs, values};

#[test]
fn values_are_read_in_sequence_and_missing_ones_keep_defaults() {
    values("Make", "[5]", r#"{"n":5,"s":"d"}"#);
    values("Make", "[5,\"t\",1,2,3]", r#"{"n":5,"s":"t"}"#);
    values("Ordered", "[5]", r#"{"a":5,"b":1}"#);
}

#[test]
fn initial_values() {
    values(
        "All",
        "null",
        r##"{"i":0,"f":7,"b":false,"s":"","c":"y","w":"p","col":"#000000","box":{"x":0,"y":0,"width":512,"height":512},
        "multi":{"__value__":[]},"widget":"","curve":{"points":[[0,0],[1,1]],"interpolation":"monotone_cubic"},
        "range":{"min":0,"max":1,"midpoint":0.5}}"##,
    );
}

#[test]
fn companions_are_saved_and_not_sent() {
    values(
        "Seeded",
        r#"[1,"randomize",2,3.5,"fixed","b","fixed","",4]"#,
        r#"{"seed":1,"fixed_seed":2,"f":3.5,"c":"b","last":4}"#,
    );
    values("NoControl", "[1,2]", r#"{"seed":1,"last":2}"#);
    values("Boxed", r#"[{"x":1},2,3,4,5,6]"#, r#"{"box":{"x":1},"after":6}"#);
    values("Upload", r#"["b.png",7,"image"]"#, r#"{"image":"b.png","n":7}"#);
    values("RecordAudio", r#"["x","",4]"#, r#"{"audio":"","n":4}"#);
    values("Remote", r#"["r",true,"again",4]"#, r#"{"r":"r","refresh":"again","n":4}"#);
}

#[test]
fn some_classes_have_widgets_of_their_own() {
    values("PreviewAudio", "[]", r#"{"audioUI":""}"#);
    values("SaveGLB", r#"["p","ignored"]"#, r#"{"filename_prefix":"p","image":""}"#);
    values("PreviewAny", "[null,null,true]", "{}");
    values("ImageCompare", r#"[{"before":"x"}]"#, r#"{"view":{"__value__":["",""]}}"#);
    values(
        "CustomCombo",
        r#"["y",7,"x","y",""]"#,
        r#"{"choice":"y","index":1,"option1":"x","option2":"y","option3":""}"#,
    );
    values("CustomCombo", r#"["z",0,""]"#, r#"{"choice":"z","index":-1,"option1":""}"#);
    values(
        "Load3D",
        r#"["a.glb","u","v","w","ignored",64]"#,
        r#"{"model_file":"a.glb","upload 3d model":"u","upload extra resources":"v","clear":"w","width":64}"#,
    );
}

#[test]
fn a_custom_combo_has_an_option_for_each_value() {
    // The time is that of a linear algorithm: with the square, this test takes minutes.
    let options: Vec<String> = (1..=100_000).map(|number| format!("\"v{number}\"")).collect();
    // Slots that refer to the last options.
    let slots: Vec<String> = (90_001..=100_001)
        .map(|number| format!(r#"{{"name":"option{number}","type":"STRING","widget":{{"name":"option{number}"}}}}"#))
        .collect();
    let node = format!(
        r#"{{"id":1,"type":"CustomCombo","widgets_values":["v99999",0,{}],"inputs":[{}]}}"#,
        options.join(","),
        slots.join(",")
    );
    let prompt = convert(&file(&[&node], "[]", "")).unwrap().prompt;
    let inputs = prompt.as_object().unwrap().get("1").unwrap().as_object().unwrap().get("inputs").unwrap();
    let inputs = inputs.as_object().unwrap();
    assert_eq!(inputs.len(), 2 + 100_001);
    assert_eq!(inputs.get("index"), Some(&99_998.into()));
    assert_eq!(inputs.get("option100000"), Some(&"v100000".into()));
    assert_eq!(inputs.get("option100001"), Some(&"".into()));
}

#[test]
fn address_of_a_sound() {
    let workflow = file(&[r#"{"id":1,"type":"LoadAudio","widgets_values":["a b/ü (1).mp3",""]}"#], "[]", "");
    let prompt = convert(&workflow).unwrap().prompt.to_string();
    let address = "/api/view?filename=%C3%BC%20(1).mp3&type=input&subfolder=a b&rand=0.";
    assert!(prompt.contains(address), "{prompt}");
}

#[test]
fn values_by_name_are_undefined() {
    values("Lines", r#"{"t":"x","c":"b","i":4}"#, r#"{"t":"undefined","c":"a"}"#);
    let workflow = file(&[r#"{"id":1,"type":"Lines","widgets_values":{}}"#], "[]", "");
    assert!(convert(&workflow).unwrap().warnings[0].to_string().starts_with("node 1 (Lines): its values are saved"));
}

#[test]
fn null_is_empty_in_lines_and_first_in_combos_and_stays_elsewhere() {
    values("Lines", "[null,null,null]", r#"{"t":"","c":"a","i":null}"#);
    values("Lines", r#"["","not listed",1]"#, r#"{"t":"","c":"not listed","i":1}"#);
}

#[test]
fn values_of_forced_inputs_in_old_files_are_removed() {
    values("Forced", "[1,2,3]", r#"{"b":2,"c":3}"#);
    values("Forced", "[7,8]", r#"{"b":7,"c":8}"#);
}

#[test]
fn values_are_repaired_at_load() {
    values("KSampler", r#"["sample_dpmpp"]"#, r#"{"sampler_name":"dpmpp"}"#);
    let node = r#"{"id":1,"type":"Preview3D","properties":{"Last Time Model File":"m.glb"},"widgets_values":["x"]}"#;
    inputs(&file(&[node], "[]", ""), r#"{"1":{"model_file":"m.glb","image":""}}"#);
}

#[test]
fn a_dynamic_combo_adds_its_children_at_once() {
    values("Choice", r#"["off",5]"#, r#"{"mode":"off","last":5}"#);
    values(
        "Choice",
        r#"["on",1,2,"fixed","x",3,"{a}",5]"#,
        r#"{"mode":"on","mode.n":1,"mode.seed":2,"mode.deep":"x","mode.deep.v":3,"mode.t":"{a}","last":5}"#,
    );
    values("Choice", r#"["no option",5]"#, r#"{"mode":"no option","last":5}"#);
    values("Choice", "[null,5]", r#"{"mode":"off","last":5}"#);
    values("Numbered", "[]", r#"{"mode":"2"}"#);
}

#[test]
fn inputs_of_a_branch_that_was_not_chosen_go_with_their_links() {
    let node = |mode: &str| {
        format!(
            r#"{{"id":2,"type":"Choice","widgets_values":["{mode}"],"inputs":[{{"name":"mode.image","type":"IMAGE","link":1}}]}}"#
        )
    };
    let source = r#"{"id":1,"type":"Empty"}"#;
    inputs(&file(&[source, &node("off")], r#"[[1,1,0,2,0,"IMAGE"]]"#, ""), r#"{"1":{},"2":{"mode":"off","last":9}}"#);
    inputs(
        &file(&[source, &node("on")], r#"[[1,1,0,2,0,"IMAGE"]]"#, ""),
        r#"{"1":{},"2":{"mode":"on","mode.n":4,"mode.seed":0,"mode.deep":"x","mode.deep.v":8,"mode.t":"","last":9,
            "mode.image":["1",0]}}"#,
    );
}

#[test]
fn autogrow_inputs_send_linked_elements() {
    let input = |name: &str| format!(r#"{{"name":"{name}","type":"IMAGE","link":1}}"#);
    let all = [input("list.item0"), input("list.item2"), input("list.foo")].join(",");
    let node = format!(r#"{{"id":2,"type":"Grow","inputs":[{all}]}}"#);
    inputs(
        &file(&[r#"{"id":1,"type":"Empty"}"#, &node], r#"[[1,1,0,2,0,"IMAGE"]]"#, ""),
        r#"{"1":{},"2":{"list.item0":["1",0],"list.item2":["1",0],"list.foo":["1",0]}}"#,
    );
}

#[test]
fn a_linked_widget_still_takes_its_value_and_keeps_its_place() {
    let make = r#"{"id":2,"type":"Make","inputs":[{"name":"n","type":"INT","widget":{"name":"n"},"link":1}],"widgets_values":[5,"t"]}"#;
    let workflow = file(&[r#"{"id":1,"type":"Number"}"#, make], r#"[[1,1,0,2,1,"INT"]]"#, "");
    let prompt = convert(&workflow).unwrap().prompt.to_string();
    assert!(prompt.contains(r#"{"n":["1",0],"s":"t"}"#), "{prompt}");
}

#[test]
fn numbers_are_those_of_javascript() {
    values("Make", "[18446744073709551615,7.0]", r#"{"n":18446744073709552000,"s":7}"#);
    values("Make", "[NaN,[1.0]]", r#"{"n":null,"s":{"__value__":[1]}}"#);
    values(
        "All",
        r##"[1,1,true,"","x","p",null,"#1",{"x":2.0},0,0,0,0,["a"],"",[[0,1.0]]]"##,
        r##"{"i":1,"f":1,"b":true,"s":"","c":"x","w":"p","none":null,"col":"#1","box":{"x":2},"multi":{"__value__":["a"]},"widget":"",
        "curve":{"__type__":"CURVE","__value__":[[0,1]]},"range":{"min":0,"max":1,"midpoint":0.5}}"##,
    );
}

#[test]
fn unknown_class_sends_its_last_value() {
    for (values, inputs_) in [
        (r#"[1,"x",true]"#, r#"{"UNKNOWN":true}"#),
        ("[null]", r#"{"UNKNOWN":"null"}"#),
        (r#"[{"a":[1.0,"é"]}]"#, r#"{"UNKNOWN":"{\"a\":[1,\"é\"]}"}"#),
        ("[]", "{}"),
        ("{}", "{}"),
    ] {
        values_of_unknown(values, inputs_);
    }
}

#[track_caller]
fn values_of_unknown(saved: &str, expected: &str) {
    values("Nobody", saved, expected);
}
