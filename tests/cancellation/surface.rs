//! The list of all futures of the public API, each with the tests that drop it; held against the
//! sources of `socketio-runtime`, so that a new one has to be listed, and says in its documentation
//! what dropping it does.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use crate::{connecting, emitting, ending, listening, playing, provided};

/// A future, a stream, what makes one, or a trait by which the client is given one; and the tests
/// in which it is dropped.
type Row = (&'static str, &'static [fn()]);

const ROWS: &[Row] = &[
    // Entering and leaving a namespace.
    (
        "Socket::connect",
        &[
            connecting::connecting_goes_on_without_being_polled,
            connecting::connecting_in_vain_goes_on_until_it_is_not_in_vain,
            connecting::a_refusal_that_nobody_waits_for_ends_connecting_all_the_same,
            connecting::whoever_disconnects_while_connecting_stays_outside,
        ],
    ),
    ("Connecting", &[connecting::opening_the_connection_goes_on_without_being_polled]),
    (
        "SocketBuilder::connect",
        &[
            connecting::connecting_by_the_builder_leaves_again_when_it_is_dropped,
            connecting::connecting_by_the_builder_again_does_not_wait_for_what_was_dropped,
            connecting::connecting_the_only_socket_by_the_builder_again_opens_what_it_needs,
        ],
    ),
    (
        "Socket::disconnect",
        &[
            connecting::disconnecting_goes_on_without_being_polled,
            connecting::connecting_again_while_it_leaves_is_in_time,
        ],
    ),
    (
        "Disconnecting",
        &[connecting::disconnecting_the_last_socket_closes_the_connection_though_nobody_waits],
    ),
    ("Socket::state", &[connecting::watching_the_state_changes_nothing]),
    // Events and answers.
    (
        "Ack",
        &[
            emitting::dropping_an_ack_forgets_the_answer_and_not_the_event,
            emitting::an_ack_that_is_polled_and_kept_loses_nothing,
            emitting::dropping_an_ack_whose_answer_never_comes_ends_its_timeout_too,
            emitting::an_event_that_is_retried_goes_on_though_nobody_waits_for_its_answer,
            emitting::an_event_that_waits_goes_on_waiting_though_its_ack_is_dropped,
            emitting::an_event_that_is_cancelled_on_drop_is_withdrawn_as_long_as_it_waits,
            ending::whoever_waits_is_told_when_the_runtime_shuts_down_in_the_middle_of_everything,
        ],
    ),
    ("UntypedEmit::event_with_ack", &[emitting::an_ack_of_any_event_is_dropped_like_a_typed_one]),
    ("Ack::cancel", &[emitting::cancelling_goes_on_without_being_polled]),
    ("Cancelling", &[emitting::cancelling_goes_on_without_being_polled]),
    (
        "Socket::flushed",
        &[
            emitting::waiting_for_the_wire_changes_nothing,
            emitting::waiting_offline_for_the_wire_changes_nothing,
        ],
    ),
    ("Socket::buffered", &[emitting::looking_at_what_waits_takes_nothing_of_it]),
    ("Socket::clear_buffered", &[emitting::clearing_what_waits_goes_on_without_being_polled]),
    ("Clearing", &[emitting::clearing_what_waits_goes_on_without_being_polled]),
    // What comes.
    ("Socket::once", &[listening::waiting_for_one_event_takes_it_from_nobody_else]),
    ("Once", &[listening::waiting_for_one_event_takes_it_from_nobody_else]),
    ("UntypedOnce::event", &[listening::events_of_any_name_are_waited_for_like_the_typed_ones]),
    ("UntypedStream::event", &[listening::events_of_any_name_are_waited_for_like_the_typed_ones]),
    (
        "EventStream::next",
        &[listening::a_stream_loses_nothing_when_a_wait_for_its_next_event_is_dropped],
    ),
    ("EventStream", &[listening::as_a_stream_of_the_futures_crate_it_loses_nothing_either]),
    (
        "Socket::stream",
        &[listening::a_stream_loses_nothing_when_a_wait_for_its_next_event_is_dropped],
    ),
    (
        "Socket::events",
        &[listening::a_stream_loses_nothing_when_a_wait_for_its_next_event_is_dropped],
    ),
    (
        "Socket::stream_any",
        &[listening::a_stream_of_everything_loses_nothing_when_a_wait_is_dropped],
    ),
    (
        "Socket::stream_any_outgoing",
        &[listening::a_stream_of_everything_loses_nothing_when_a_wait_is_dropped],
    ),
    (
        "Socket::lifecycle",
        &[listening::no_change_of_the_lifecycle_is_lost_when_a_wait_for_it_is_dropped],
    ),
    (
        "LifecycleStream::next",
        &[listening::no_change_of_the_lifecycle_is_lost_when_a_wait_for_it_is_dropped],
    ),
    (
        "LifecycleStream",
        &[listening::no_change_of_the_lifecycle_is_lost_when_a_wait_for_it_is_dropped],
    ),
    // What the client is given, and drops itself.
    (
        "F as AuthOutput",
        &[
            provided::what_authenticates_is_dropped_by_a_disconnection,
            provided::whoever_has_left_already_is_not_asked_to_authenticate,
            provided::what_authenticates_is_dropped_with_the_last_handle,
            provided::what_authenticates_is_asked_anew_after_the_connection_broke,
            provided::what_authenticates_for_ever_is_dropped_when_the_time_to_connect_is_over,
        ],
    ),
    (
        "F as HookOutput",
        &[provided::what_adds_to_requests_is_dropped_with_the_attempt_that_it_is_for],
    ),
    (
        "F as HandlerOutput",
        &[
            provided::a_listener_at_work_comes_to_its_end_when_its_socket_leaves,
            provided::a_listener_at_work_comes_to_its_end_when_all_are_ended,
            provided::a_listener_at_work_comes_to_its_end_when_it_is_ended,
            provided::a_listener_at_work_comes_to_its_end_when_the_last_handle_is_dropped,
            provided::an_answer_that_comes_after_its_socket_left_answers_nothing_else,
        ],
    ),
    ("F as AnswerOutput", &[provided::a_listener_of_any_event_at_work_comes_to_its_end]),
    // A test server.
    (
        "Expected",
        &[
            playing::an_expectation_that_is_dropped_takes_no_event,
            playing::an_expectation_of_a_question_that_is_dropped_leaves_it_to_be_answered,
            playing::an_expectation_that_is_not_met_is_dropped_without_a_trace,
        ],
    ),
    ("UntypedExpect::event", &[playing::expectations_of_any_name_are_dropped_like_the_typed_ones]),
    (
        "UntypedExpect::event_with_ack",
        &[playing::expectations_of_any_name_are_dropped_like_the_typed_ones],
    ),
    ("TestServer::nothing_for", &[playing::waiting_for_silence_takes_no_event_when_it_is_dropped]),
    ("TestServer::connected", &[playing::waiting_for_a_client_changes_nothing]),
    ("TestServer::disconnected", &[playing::waiting_for_a_client_changes_nothing]),
    (
        "TestServer::disconnect",
        &[playing::an_order_to_send_a_client_away_that_is_dropped_can_be_given_again],
    ),
    (
        "TestServer::drop_connection",
        &[playing::an_order_to_break_the_connection_that_is_dropped_may_have_been_carried_out],
    ),
    (
        "TestServer::go_silent",
        &[playing::an_order_to_break_the_connection_that_is_dropped_may_have_been_carried_out],
    ),
    (
        "TestServer::go_down",
        &[playing::an_order_to_go_down_or_to_come_up_that_is_dropped_can_be_given_again],
    ),
    (
        "TestServer::come_up",
        &[playing::an_order_to_go_down_or_to_come_up_that_is_dropped_can_be_given_again],
    ),
    ("TestServer::once", &[playing::what_a_test_waits_for_is_waited_for_as_by_a_socket]),
    ("TestServer::stream", &[playing::what_a_test_waits_for_is_waited_for_as_by_a_socket]),
    ("TestServer::events", &[playing::what_a_test_waits_for_is_waited_for_as_by_a_socket]),
];

/// Where the API's sources are.
fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../socketio-runtime/src")
}

#[test]
fn each_future_of_the_api_is_dropped_by_a_test() {
    let found: BTreeSet<_> = found().into_keys().collect();
    let listed: BTreeSet<_> = ROWS.iter().map(|(future, _)| (*future).to_owned()).collect();
    assert_eq!(listed.len(), ROWS.len(), "each has one row");
    assert!(ROWS.iter().all(|(_, tests)| !tests.is_empty()));
    let missing: Vec<_> = found.difference(&listed).collect();
    assert!(missing.is_empty(), "drop these futures in a test, and list them: {missing:#?}");
    let gone: Vec<_> = listed.difference(&found).collect();
    assert!(gone.is_empty(), "these futures are not in the sources: {gone:#?}");
}

#[test]
fn each_future_of_the_api_says_what_dropping_it_does() {
    let is_silent = |found: &Found| found.is_first_hand && !found.docs.contains(HEADING);
    let silent: Vec<_> = found().into_iter().filter(|(_, found)| is_silent(found)).collect();
    assert!(silent.is_empty(), "no `{HEADING}` in the docs of: {silent:#?}");
}

#[test]
fn a_future_of_each_form_is_found() {
    let text = "
        /// Waits.
        pub async fn free() {}
        pub(crate) async fn private() {}
impl<N: Namespace> Thing<N> {
    /// # Cancel safety
    pub async fn wait(
        &self,
    ) -> u8 {
    }
    #[doc(hidden)]
    pub async fn hidden(&self) {}
    pub fn watch(&self) -> watch::Receiver<u8> {}
    pub fn boxed(&self) -> Pin<Box<dyn Future<Output = u8>>> {}
    pub fn late(&self) -> impl Future<Output = u8> {}
    pub fn make<F>(
        &self,
        with: F,
    ) -> Made<u8>
    where
        F: FnMut(u8) -> u8,
    {
    }
    pub fn now(&self) -> u8 {}
}
/// Made.
pub struct Made<T>(T);
impl<T> Future for Made<T> {
}
struct Private;
impl Future for Private {
}
/// Given.
pub trait Given<M> {
}
impl<F> Given<u8> for F
where
    F: Future<Output = ()>,
{
}
#[cfg(test)]
mod tests {
    pub async fn in_a_test() {}
}
";
    let found = scan(&[text.to_owned()]);
    let names: Vec<_> = found.keys().map(String::as_str).collect();
    let expected = [
        "F as Given",
        "Made",
        "Thing::boxed",
        "Thing::late",
        "Thing::make",
        "Thing::wait",
        "Thing::watch",
        "free",
    ];
    assert_eq!(names, expected);
    assert!(found["Thing::wait"].docs.contains(HEADING));
    assert!(found["Made"].docs.contains("Made.") && found["F as Given"].docs.contains("Given."));
    assert!(!found["Thing::make"].is_first_hand);
}

#[derive(Debug, Default)]
struct Found {
    docs: String,
    /// Not only something that gives a future of a type that has its own documentation.
    is_first_hand: bool,
}

fn found() -> BTreeMap<String, Found> {
    let mut texts = Vec::new();
    let mut folders = vec![sources()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("the entry is there").path();
            let name = path.file_name().expect("it has a name").to_string_lossy().into_owned();
            if path.is_dir() && name != "tests" {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") && name != "tests.rs" {
                texts.push(fs::read_to_string(path).expect("it is text"));
            }
        }
    }
    assert!(texts.len() > 50, "the sources are found");
    scan(&texts)
}

/// One item: its documentation and attributes, its text up to the body, the `impl` around it.
struct Item {
    docs: String,
    head: String,
    owner: String,
}

fn scan(texts: &[String]) -> BTreeMap<String, Found> {
    let items: Vec<Item> = texts.iter().flat_map(|text| items(text)).collect();
    let declared = |kind: &str, name: &str| {
        let start = format!("pub {kind} {name}");
        items.iter().find(|item| {
            let rest = item.head.strip_prefix(&start);
            rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        })
    };
    let mut found = BTreeMap::new();
    let mut own = |name: String, docs: &str| {
        found.insert(name, Found { docs: docs.to_owned(), is_first_hand: true });
    };
    let mut futures = BTreeSet::new();
    for Item { head, .. } in &items {
        let Some(implemented) = head.strip_prefix("impl") else { continue };
        let Some((of, ty)) = without_generics(implemented).split_once(" for ") else { continue };
        let (of, ty) = (word(of.trim_start()), word(ty));
        if ["Future", "IntoFuture", "Stream"].contains(&of) {
            if let Some(item) = declared("struct", ty).or_else(|| declared("enum", ty)) {
                futures.insert(ty.to_owned());
                own(ty.to_owned(), &item.docs);
            }
        } else if ty == "F"
            && head.contains("F: Future<")
            && let Some(item) = declared("trait", of)
        {
            own(format!("F as {of}"), &item.docs);
        }
    }
    for Item { docs, head, owner } in &items {
        let name = head.strip_prefix("pub async fn ").or_else(|| head.strip_prefix("pub fn "));
        let Some(name) = name.map(word) else { continue };
        let signature = head.split(" where ").next().unwrap_or_default();
        let output = signature.rsplit_once(") -> ").map_or("", |(_, output)| output);
        let is_named = |name: &str| words(output).any(|word| word == name);
        let is_own = head.starts_with("pub async fn ")
            || ["Future", "IntoFuture"].iter().any(|name| is_named(name))
            || output.contains("watch::Receiver");
        let is_others = is_named("Stream") || futures.iter().any(|name| is_named(name));
        if (is_own || is_others) && !docs.contains("#[doc(hidden)]") {
            let name = if owner.is_empty() { name.to_owned() } else { format!("{owner}::{name}") };
            found.insert(name, Found { docs: docs.clone(), is_first_hand: is_own });
        }
    }
    found
}

fn items(text: &str) -> Vec<Item> {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let (mut items, mut docs, mut owner) = (Vec::new(), String::new(), String::new());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let trimmed = line.trim();
        if line.starts_with('}') {
            owner.clear();
        }
        let is_impl = line.starts_with("impl");
        if is_impl || trimmed.starts_with("pub ") {
            let mut head = trimmed.to_owned();
            let has_body = is_impl || head.contains("fn ");
            while has_body && !head.ends_with(['{', ';', '}']) {
                let Some(more) = lines.next() else { break };
                head.push(' ');
                head.push_str(more.trim());
            }
            if is_impl {
                let ty = without_generics(&head["impl".len()..]);
                let ty = ty.split_once(" for ").map_or(ty, |(_, ty)| ty);
                word(ty.trim_start()).clone_into(&mut owner);
                if head.ends_with('}') {
                    owner.clear();
                }
            }
            items.push(Item { docs: std::mem::take(&mut docs), head, owner: owner.clone() });
        } else if trimmed.starts_with("///") {
            docs.push_str(trimmed);
            docs.push('\n');
        } else if trimmed.is_empty() || trimmed.ends_with(['{', ';', '}']) {
            docs.clear();
        } else {
            docs.push_str(trimmed);
            docs.push('\n');
        }
    }
    items
}

/// Without the `<…>` that it begins with.
fn without_generics(text: &str) -> &str {
    let mut depth = 0;
    for (at, character) in text.char_indices() {
        match character {
            '<' => depth += 1,
            '>' if text[..at].ends_with('-') => {}
            '>' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return if character == '>' { &text[at + 1..] } else { text };
        }
    }
    text
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
}

fn word(text: &str) -> &str {
    words(text).next().unwrap_or_default()
}

const HEADING: &str = "# Cancel safety";
