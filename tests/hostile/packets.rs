//! Socket.IO packets as no server sends them, or not so many.

use std::sync::{Arc, Mutex};

use serde::Deserialize;
use serde_json::Value;
use socketio_runtime::{
    AnyEvent, Bytes, ClientBuilder, DisconnectReason, Transport,
    error::{DecodeError, InvalidEvent, TransportError},
    limits::{EARLY_BYTES, EARLY_EVENTS},
};

use crate::{
    peak::within_bytes,
    scene::{ACCEPT, Aftermath, Fate, MARK, OPEN, Scene, make_peace},
    wire::{
        BINARY, Wire, flood, frame, hold, ok_with, read_message, read_request, send, switching,
        text,
    },
};

const MIB: usize = 1024 * 1024;

const BOTH: [Transport; 2] = [Transport::WebSocket, Transport::Polling];

/// A limit that is soon reached.
fn small(builder: ClientBuilder) -> ClientBuilder {
    builder.max_message_size(8 * MIB)
}

/// Sends messages, and then makes peace.
async fn after(transport: Transport, messages: &[&str]) -> Aftermath {
    heard_after(transport, messages, |_| {}).await
}

async fn heard_after(
    transport: Transport,
    messages: &[&str],
    listener: impl FnMut(AnyEvent) + Send + 'static,
) -> Aftermath {
    let messages = messages.iter().copied().chain([MARK]);
    let bytes = match transport {
        Transport::Polling => {
            let body = messages.collect::<Vec<_>>().join("\x1e");
            ok_with("connection: close\r\n", body.as_bytes())
        }
        _ => messages.flat_map(text).collect(),
    };
    let attack = move |mut wire: Wire| {
        let bytes = bytes.clone();
        async move {
            send(&mut wire, &bytes).await.ok();
            if transport == Transport::WebSocket {
                hold(wire).await;
            }
        }
    };
    Scene::new(transport).attacked_and_heard(attack, listener).await
}

/// Sends the messages that `message` makes of numbers, in frames of their own, and makes peace.
async fn after_many(
    times: u32,
    message: impl Fn(u32) -> String + Clone + Send + Sync + 'static,
) -> Aftermath {
    let attack = move |mut wire: Wire| {
        let message = message.clone();
        async move {
            let mut piece = Vec::new();
            for number in 0..times {
                piece.extend(text(&message(number)));
                if piece.len() > 64 * 1024 || number + 1 == times {
                    send(&mut wire, &piece).await.ok();
                    piece.clear();
                }
            }
            make_peace(wire).await;
        }
    };
    Scene::websocket().attacked_by(attack).await
}

/// Makes a message of a number.
type Message = fn(u32) -> String;

/// As deep as it is nested.
#[derive(Debug, Deserialize)]
struct Deep(#[expect(dead_code, reason = "nobody comes that far")] Vec<Deep>);

#[tokio::test]
async fn what_is_nested_a_million_deep_is_passed_on_and_not_decoded() {
    let (open, close) = ("[".repeat(1_000_000), "]".repeat(1_000_000));
    let objects = format!("{}1{}", "{\"a\":".repeat(300_000), "}".repeat(300_000));
    for (what, event) in [
        ("arrays", format!(r#"42["deep",{open}{close}]"#)),
        ("objects", format!(r#"42["deep",{objects}]"#)),
        ("arrays and what may be an offset", format!(r#"42["deep",{open}{close},"QNXVkd0"]"#)),
        ("arrays that are not closed", format!(r#"42["deep",{open}]"#)),
    ] {
        for transport in BOTH {
            let heard = Arc::new(Mutex::new(Vec::new()));
            let notes = Arc::clone(&heard);
            let listener = move |event: AnyEvent| {
                let json = event.json();
                assert!(json.len() > 1_000_000, "{}", json.len());
                let errors =
                    [event.decode::<(Value,)>().is_err(), event.decode::<(Deep,)>().is_err()];
                notes.lock().expect("nobody panicked").push(errors);
            };
            let Aftermath { fate, .. } = heard_after(transport, &[&event], listener).await;
            assert!(matches!(fate, Fate::Unharmed), "{what}, {transport}: {fate:?}");
            let heard = heard.lock().expect("nobody panicked");
            assert_eq!(*heard, [[true, true]], "{what}, {transport}");
        }
    }
}

#[tokio::test]
async fn numbers_of_attachments_that_cannot_be_end_the_connection() {
    for packet in [
        r#"451000000000-["x",{"_placeholder":true,"num":0}]"#,
        "45999999999-",
        "4599999999999999999999999999999999999999-[\"x\"]",
        "4511-[\"x\"]",
        "450-[\"x\"]",
        "45-[\"x\"]",
        "45[\"x\"]",
        "45-1-[\"x\"]",
        "451.5-[\"x\"]",
        "451e9-[\"x\"]",
        "461000000000-0[]",
    ] {
        for transport in BOTH {
            let fate = after(transport, &[packet]).await.fate;
            let is_refused = matches!(
                fate,
                Fate::Lost(DisconnectReason::ParseError(
                    DecodeError::IllegalAttachments | DecodeError::TooManyAttachments { .. }
                ))
            );
            assert!(is_refused, "{packet}, {transport}: {fate:?}");
        }
    }
}

#[tokio::test]
async fn attachments_that_are_not_there_are_told_to_who_decodes() {
    for reference in ["-1", "1", "1e300", "18446744073709551616", "0.5", "\"0\"", "null", "[0]"] {
        let event = format!(r#"451-["x",{{"_placeholder":true,"num":{reference}}}]"#);
        let heard = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&heard);
        let listener = move |event: AnyEvent| {
            notes.lock().expect("nobody panicked").push(event.decode::<(Bytes,)>().is_err());
        };
        let aftermath = heard_after(Transport::Polling, &[&event, "bAQID"], listener).await;
        assert!(matches!(aftermath.fate, Fate::Unharmed), "{reference}: {aftermath:?}");
        assert_eq!(*heard.lock().expect("nobody panicked"), [true], "{reference}");
    }
}

#[test]
fn a_packet_with_its_attachments_is_no_larger_than_a_message() {
    let name = "packets::a_packet_with_its_attachments_is_no_larger_than_a_message";
    // Of ten attachments of two megabytes three are within the limit of eight, beside the text.
    within_bytes(name, 14 * MIB, async || {
        let attack = async |mut wire: Wire| {
            send(&mut wire, &text("4510-[\"x\"]")).await.ok();
            for _ in 0..10 {
                send(&mut wire, &crate::wire::head(BINARY, 2 << 20)).await.ok();
                flood(&mut wire, &[7; 4096], 512).await;
            }
            make_peace(wire).await;
        };
        let aftermath = Scene::websocket().client(small).attacked_by(attack).await;
        let Fate::Lost(DisconnectReason::TransportError(error)) = aftermath.fate else {
            panic!("{aftermath:?}")
        };
        let TransportError::MessageTooLarge { size, limit } = error else { panic!("{error}") };
        assert_eq!((limit, size), (8 * MIB, 8 * MIB + "4510-[\"x\"]".len()));
        assert_eq!(aftermath.events, 0);
    });
}

#[test]
fn attachments_that_never_come_are_awaited_in_bounded_memory() {
    let name = "packets::attachments_that_never_come_are_awaited_in_bounded_memory";
    // Packet after packet, each given up for the next one.
    within_bytes(name, 14 * MIB, async || {
        let attack = async |mut wire: Wire| {
            for _ in 0..20 {
                let begun = text("4510-[\"x\"]");
                let part = frame(BINARY, &vec![7; MIB]);
                send(&mut wire, &[&*begun, &part, &part].concat()).await.ok();
            }
            make_peace(wire).await;
        };
        let aftermath = Scene::websocket().client(small).attacked_by(attack).await;
        assert!(matches!(aftermath.fate, Fate::Unharmed), "{aftermath:?}");
        let missing = DecodeError::MissingAttachments { missing: 8, expected: 10 };
        let told = |invalid: &InvalidEvent| matches!(invalid, InvalidEvent::Packet(error) if *error == missing);
        assert_eq!(aftermath.invalid.iter().filter(|invalid| told(invalid)).count(), 20);
    });
}

#[test]
fn storms_of_packets_that_mean_nobody_cost_nothing() {
    let name = "packets::storms_of_packets_that_mean_nobody_cost_nothing";
    within_bytes(name, 3 * MIB, async || {
        let storms: [(&str, Message); 8] = [
            ("acks of nothing", |number| format!("43{number}[\"x\"]")),
            ("acks without an id", |_| "43[\"x\"]".to_owned()),
            ("accepted namespaces", |number| format!("40/n{number},{{\"sid\":\"x\"}}")),
            ("refused namespaces", |number| format!("44/n{number},{{\"message\":\"x\"}}")),
            ("a refusal when connected", |_| "44{\"message\":\"no\"}".to_owned()),
            ("left namespaces", |number| format!("41/n{number},")),
            ("events of others", |number| format!("42/n{number},[\"x\",{number}]")),
            ("questions of others", |number| format!("42/n{number},{number}[\"x\"]")),
        ];
        for (what, storm) in storms {
            let aftermath = after_many(10_000, storm).await;
            assert!(matches!(aftermath.fate, Fate::Unharmed), "{what}: {:?}", aftermath.fate);
            assert_eq!((aftermath.events, aftermath.invalid.len()), (0, 0), "{what}");
        }
    });
}

#[tokio::test]
async fn a_storm_of_accepts_is_told_and_the_socket_stays_what_it_is() {
    let accept = |number| format!("40{{\"sid\":\"other{number}\"}}");
    let aftermath = after_many(1000, accept).await;
    assert!(matches!(aftermath.fate, Fate::Unharmed), "{aftermath:?}");
    let told = |invalid: &InvalidEvent| {
        matches!(invalid, InvalidEvent::Packet(DecodeError::DuplicateConnect))
    };
    assert!(aftermath.invalid.iter().all(told), "{aftermath:?}");
    assert_eq!(aftermath.invalid.len(), 1000);
}

#[tokio::test]
async fn a_storm_of_disconnects_disconnects_once() {
    for transport in BOTH {
        let aftermath = after(transport, &["41"; 1000]).await;
        assert!(
            matches!(aftermath.fate, Fate::Ended(DisconnectReason::ServerDisconnect)),
            "{transport}: {aftermath:?}"
        );
    }
}

#[tokio::test]
async fn packets_that_are_none_end_the_connection() {
    for packet in [
        "4",
        "47",
        "4x",
        "42",
        "42{}",
        "42[]",
        "42[null]",
        "42[[\"x\"]]",
        "42[\"connect\"]",
        "42[\"disconnecting\"]",
        "42[\"x",
        "42[\"x\\",
        "429007199254740992[\"x\"]",
        "4299999999999999999999999999[\"x\"]",
        "43{}",
        "439007199254740992[]",
        "40[]",
        "40{",
        "41{}",
        "44[]",
        "9",
        "\u{fffd}",
    ] {
        for transport in BOTH {
            let Aftermath { fate, events, .. } = after(transport, &[packet]).await;
            let is_lost = matches!(fate, Fate::Lost(DisconnectReason::ParseError(_)));
            assert!(is_lost, "{packet:?}, {transport}: {fate:?}");
            assert_eq!(events, 0, "{packet:?}");
        }
    }
}

#[test]
fn objects_of_many_members_take_no_more_than_their_text() {
    let name = "packets::objects_of_many_members_take_no_more_than_their_text";
    // Of which the server has some copies.
    within_bytes(name, 14 * MIB, async || {
        let members = (0..100_000).map(|number| format!("\"{number}\":0"));
        let members = members.collect::<Vec<_>>().join(",") + ",";
        let accept = format!("40{{{members}\"sid\":\"x\"}}");
        let aftermath = after(Transport::WebSocket, &[&accept]).await;
        assert!(matches!(aftermath.fate, Fate::Unharmed), "{:?}", aftermath.fate);
        let error = format!("44{{{members}\"message\":\"no\"}}");
        let attack = move |mut wire: Wire| {
            let error = error.clone();
            async move {
                if let Some(request) = read_request(&mut wire).await {
                    send(&mut wire, switching(&request).as_bytes()).await.ok();
                    send(&mut wire, &text(&format!("0{OPEN}"))).await.ok();
                    send(&mut wire, &text(&error)).await.ok();
                    hold(wire).await;
                }
            }
        };
        let error = Scene::websocket().opened_by(attack).await;
        assert_eq!(error.to_string(), "the server refused namespace `/`: no");
    });
}

/// Opens a WebSocket, sends `early`, so often, before it accepts the namespace, and makes peace.
async fn after_early(early: Vec<u8>, times: usize) -> Aftermath {
    let handler = move |mut wire: Wire| {
        let early = early.clone();
        async move {
            let Some(request) = read_request(&mut wire).await else { return };
            send(&mut wire, switching(&request).as_bytes()).await.ok();
            send(&mut wire, &text(&format!("0{OPEN}"))).await.ok();
            while read_message(&mut wire).await.is_some_and(|message| !message.starts_with(b"40")) {
            }
            flood(&mut wire, &early, times).await;
            send(&mut wire, &text(ACCEPT)).await.ok();
            make_peace(wire).await;
        }
    };
    Scene::websocket().served_by(handler, |_| {}).await
}

#[test]
fn events_before_the_accept_are_kept_up_to_a_number() {
    let name = "packets::events_before_the_accept_are_kept_up_to_a_number";
    // Each is alone in a part of the read buffer that would be kept with it: four kilobytes.
    within_bytes(name, 20 * MIB, async || {
        let early = [text("42[\"x\"]"), frame(crate::wire::PONG, &[0; 125]).repeat(32)].concat();
        let aftermath = after_early(early, EARLY_EVENTS + 500).await;
        assert!(matches!(aftermath.fate, Fate::Unharmed), "{:?}", aftermath.fate);
        assert_eq!(aftermath.events, EARLY_EVENTS);
        let told =
            |invalid: &InvalidEvent| matches!(invalid, InvalidEvent::Packet(DecodeError::TooEarly));
        assert_eq!(aftermath.invalid.iter().filter(|invalid| told(invalid)).count(), 500);
    });
}

#[test]
fn events_before_the_accept_are_kept_up_to_a_size() {
    let name = "packets::events_before_the_accept_are_kept_up_to_a_size";
    within_bytes(name, 24 * MIB, async || {
        let size = 100_000;
        let early = text(&format!("42[\"{}\"]", "x".repeat(size - 6)));
        let aftermath = after_early(early, 300).await;
        assert!(matches!(aftermath.fate, Fate::Unharmed), "{:?}", aftermath.fate);
        assert_eq!(aftermath.events, EARLY_BYTES / size);
    });
}

#[test]
fn events_for_a_listener_that_is_at_work_are_kept_up_to_a_number_and_a_size() {
    let name = "packets::events_for_a_listener_that_is_at_work_are_kept_up_to_a_number_and_a_size";
    within_bytes(name, 24 * MIB, async || {
        for (size, times) in [(50_000, 1000), (10, 5000)] {
            let event = text(&format!("42[\"{}\"]", "x".repeat(size - 6)));
            let attack = move |mut wire: Wire| {
                let event = event.clone();
                async move {
                    flood(&mut wire, &event, times).await;
                    make_peace(wire).await;
                }
            };
            let scene = Scene::websocket().client(|builder| builder.listener_queue_bytes(8 * MIB));
            let aftermath = scene.stalled().attacked_by(attack).await;
            assert!(matches!(aftermath.fate, Fate::Unharmed), "{:?}", aftermath.fate);
            assert_eq!(aftermath.events, times, "the listener beside it hears all");
            let mut missed = aftermath.invalid.iter().filter_map(|invalid| match invalid {
                InvalidEvent::Lagged { missed, .. } => Some(*missed),
                _ => None,
            });
            // Told each time that it has doubled.
            let kept = (8 * MIB / size).min(1024);
            let all = u64::try_from(times - kept - 2).expect("some");
            assert_eq!(missed.next_back(), Some(1 << all.ilog2()), "{size}");
        }
    });
}
