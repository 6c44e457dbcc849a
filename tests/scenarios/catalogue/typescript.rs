//! The TypeScript of a catalogue, with socket.io's and socket.io-client's own typings.

use std::collections::BTreeMap;

use schema_examples::catalogue as chat;
use socketio_tests::Workbench;

use super::odd;

#[test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
fn a_node_server_imports_the_events_unchanged() {
    let bench = Workbench::new("server");
    bench.write("chat.ts", &chat().typescript().expect("each name is one type"));
    let _ = bench.copy("chat");
    assert_eq!(node(&bench, &["server.ts".to_owned()]), "");
}

#[test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
fn a_browser_client_imports_the_events_unchanged() {
    let bench = Workbench::new("client");
    bench.write("chat.d.ts", &chat().typescript().expect("each name is one type"));
    let _ = bench.copy("chat");
    let said = bench.tsc(&[], &["es2022", "dom", "dom.iterable"], &["client.ts".to_owned()]);
    assert_eq!(said, "");
}

/// Each file has one mistake, and at the end of its line the error's number.
#[test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
fn mistakes_do_not_compile() {
    let bench = Workbench::new("mistakes");
    bench.write("chat.d.ts", &chat().typescript().expect("each name is one type"));
    let files = bench.copy("chat/mistakes");
    let mut expected = BTreeMap::new();
    for file in &files {
        let text = bench.read(file);
        let mut mistakes = text.lines().enumerate().filter_map(|(index, line)| {
            let (_, number) = line.split_once(" // TS")?;
            Some(format!("{}: TS{number}", index + 1))
        });
        let mistake = mistakes.next().unwrap_or_else(|| panic!("{file} names its error"));
        expected.insert(file.clone(), mistake);
    }
    let said = node(&bench, &files);
    let errors = said.lines().filter(|line| !line.starts_with(' ')).map(|line| {
        let (place, error) = line.split_once(": error ").unwrap_or_else(|| panic!("{line}"));
        let (file, place) = place.split_once('(').unwrap_or_else(|| panic!("{line}"));
        let (line, _) = place.split_once(',').unwrap_or_else(|| panic!("{line}"));
        let (number, _) = error.split_once(':').unwrap_or_else(|| panic!("{line}"));
        (file.to_owned(), format!("{line}: {number}"))
    });
    let errors: Vec<_> = errors.collect();
    assert_eq!(errors.len(), expected.len(), "one mistake is one error:\n{said}");
    assert_eq!(errors.into_iter().collect::<BTreeMap<_, _>>(), expected);
}

#[test]
#[cfg_attr(not(has_node), ignore = "needs Node.js")]
fn unusual_schemas_are_typescript_too() {
    let bench = Workbench::new("odd");
    bench.write("odd.ts", &odd::catalogue().typescript().expect("each name is one type"));
    let files = bench.copy("odd");
    assert_eq!(node(&bench, &files), "");
}

fn node(bench: &Workbench, files: &[String]) -> String {
    bench.tsc(&["node"], &["es2022"], files)
}
