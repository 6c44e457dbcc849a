// The build script has this file too, so it has no module documentation.

/// How many events the schemas have.
pub const SCHEMA_SIZES: [usize; 5] = [10, 30, 100, 300, 1000];

/// The names of a service's events: alike, as such names are, and of several lengths.
pub fn event_name(number: usize) -> String {
    const THINGS: [&str; 8] =
        ["message", "room", "user", "presence", "typing", "file", "order", "payment"];
    const VERBS: [&str; 5] = ["received", "joined", "left", "update", "changed"];
    let (thing, verb) = (THINGS[number % THINGS.len()], VERBS[number / 8 % VERBS.len()]);
    match number / 40 {
        0 => format!("{thing}:{verb}"),
        version => format!("{thing}:{verb}:{version}"),
    }
}
