//! A pair of schemas on which every rule of `catalogue::diff` fires, in both directions.

mod new;
mod old;

use serde_json::{Value, json};
use socketio_runtime::{
    catalogue::{
        Catalogue, diff,
        diff::{Change, Diff, Rule, Verdict},
    },
    namespace,
    schema::Direction,
};

/// The change of an example, which no other rule is about.
fn catalogues() -> [Catalogue; 2] {
    [old::catalogue(), new::catalogue()].map(|catalogue| {
        let mut value: Value = serde_json::from_str(&catalogue.to_json()).expect("JSON");
        let number = catalogue.version.parse::<u8>().expect("a number");
        for direction in ["listens", "emits"] {
            let events = value["namespaces"].as_array_mut().expect("a list").iter_mut();
            let events =
                events.filter_map(|it| it.get_mut(direction)?.get_mut("events")?.as_array_mut());
            for event in events.flatten().filter(|event| event["name"] == "example") {
                event["example"] = json!([number]);
            }
        }
        Catalogue::from_json(&value.to_string()).expect("a catalogue")
    })
}

fn changes() -> Diff {
    let [old, new] = catalogues();
    diff(&old, &new)
}

fn lines(diff: &Diff) -> String {
    diff.changes().iter().flat_map(|change| [change.to_string(), "\n".into()]).collect()
}

/// Each line says its verdicts. `report.txt` is the expected answer, read by people.
#[test]
fn every_change_is_told_with_its_verdicts() {
    let expected = include_str!("report.txt").replace("\r\n", "\n");
    let told = lines(&changes());
    for (number, (told, expected)) in told.lines().zip(expected.lines()).enumerate() {
        assert_eq!(told, expected, "line {}", number + 1);
    }
    assert_eq!(told, expected);
}

#[test]
fn every_rule_fires_in_every_direction_that_it_knows() {
    let changes = changes();
    let mut missing = Vec::new();
    for rule in Rule::all() {
        let mut of_rule = changes.changes().iter().filter(|change| change.rule == rule);
        if of_rule.clone().next().is_none() {
            missing.push(rule.id.to_owned());
        }
        let has_ways = of_rule.any(|change| change.place.direction.is_some());
        for way in [Direction::ServerToClient, Direction::ClientToServer] {
            let fires = |change: &&Change| {
                change.rule == rule
                    && change.place.direction == Some(way)
                    && (change.wire, change.rust) == (rule.wire(way), rule.rust(way))
            };
            if has_ways && changes.changes().iter().find(fires).is_none() {
                missing.push(format!("{} {way:?}", rule.id));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn a_schema_has_not_changed_from_itself() {
    for catalogue in catalogues() {
        assert_eq!(diff(&catalogue, &catalogue), Diff::default());
    }
}

#[test]
fn an_answer_goes_the_other_way_than_its_event() {
    let changes = changes();
    let wire = |event: &str, way| {
        let at = |change: &&Change| {
            let place = &change.place;
            change.rule.id == "type-widened"
                && place.event.as_deref() == Some(event)
                && place.direction == Some(way)
        };
        changes.changes().iter().find(at).map(|change| change.wire)
    };
    for (event, to_client, to_server) in [
        ("type_widened", Verdict::Breaking, Verdict::Dangerous),
        ("value_widened", Verdict::Dangerous, Verdict::Breaking),
        ("error_widened", Verdict::Dangerous, Verdict::Breaking),
    ] {
        assert_eq!(wire(event, Direction::ServerToClient), Some(to_client), "{event}");
        assert_eq!(wire(event, Direction::ClientToServer), Some(to_server), "{event}");
    }
}

#[test]
fn a_named_type_is_told_of_once_with_the_worst_of_its_ways() {
    let changes = changes();
    let about_user: Vec<_> =
        changes.changes().iter().filter(|change| change.path == ".avatar").collect();
    let [change] = *about_user else { panic!("{about_user:?}") };
    assert_eq!(change.rule.id, "field-added");
    assert_eq!((change.wire, change.rust), (Verdict::Breaking, Verdict::Breaking));
    assert_eq!(change.used_by.len(), 3);
}

#[test]
#[should_panic(expected = "the namespaces `One` and `Other` have one path, `/chat`")]
fn two_namespaces_of_one_path_are_no_catalogue() {
    #[namespace("/chat", export)]
    struct One;

    #[namespace("/chat", export)]
    struct Other;

    let builder = Catalogue::builder("Chat", "1").namespace::<One>().namespace::<Other>();
    let _ = builder.build();
}

/// A `schema.json` comes from a file, and may say anything.
#[test]
fn no_schema_makes_it_panic() {
    let odd = [
        json!(null),
        json!(5),
        json!(-0.5),
        json!(""),
        json!([]),
        json!({}),
        json!(false),
        json!({ "$ref": "#/definitions/User" }),
        json!({ "$ref": 1 }),
        json!(["null", 7]),
        json!({ "anyOf": [{ "$ref": "#/definitions/User" }, 3] }),
        json!({ "const": [{}] }),
    ];
    let [catalogue, _] = catalogues();
    let sound: Value = serde_json::from_str(&catalogue.to_json()).expect("JSON");
    let pointers = pointers(&sound);
    let mut read = 0;
    for (number, pointer) in pointers.iter().step_by(7).enumerate() {
        let mut value = sound.clone();
        *value.pointer_mut(pointer).expect("it is there") = odd[number % odd.len()].clone();
        if let Ok(other) = Catalogue::from_json(&value.to_string()) {
            read += 1;
            let _ = (diff(&catalogue, &other).to_string(), diff(&other, &catalogue));
            assert!(diff(&other, &other).is_empty(), "{pointer}");
        }
    }
    assert!(read > 50, "{read}");
}

fn pointers(value: &Value) -> Vec<String> {
    let inner: Vec<_> = match value {
        Value::Object(object) => object.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(list) => {
            list.iter().enumerate().map(|(at, it)| (at.to_string(), it)).collect()
        }
        _ => Vec::new(),
    };
    let below = |(key, value): (String, &Value)| {
        let key = key.replace('~', "~0").replace('/', "~1");
        let mut all = vec![format!("/{key}")];
        all.extend(pointers(value).iter().map(|inner| format!("/{key}{inner}")));
        all
    };
    inner.into_iter().flat_map(below).collect()
}
