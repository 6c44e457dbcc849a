//! OPEN packets with numbers, ids and lists that no server means.

use std::time::Duration;

use serde_json::{Value, json};
use socketio_runtime::{
    ClientBuilder, ConnectError, DisconnectReason, Transport, error::TransportError,
};
use tokio::sync::mpsc;

use crate::{
    peak::within_bytes,
    scene::{Fate, OPEN, Scene, make_peace, make_polling_peace},
    wire::{Wire, hold, ok, read_request, send, switching, text},
};

const MIB: usize = 1024 * 1024;

const BOTH: [Transport; 2] = [Transport::WebSocket, Transport::Polling];

fn impatient(builder: ClientBuilder) -> ClientBuilder {
    builder.connect_timeout(Duration::from_millis(500))
}

/// The data of an OPEN packet with one member of another value, as text.
fn with(member: &str, value: &str) -> String {
    let mut open: Value = serde_json::from_str(OPEN).expect("JSON");
    open[member] = json!("HERE");
    open.to_string().replace("\"HERE\"", value)
}

/// The error of a client whose server opens so, and says nothing more.
async fn refusal_of(scene: Scene, open: String) -> ConnectError {
    let is_polling = scene.transport() == Transport::Polling;
    let attack = move |mut wire: Wire| {
        let open = format!("0{open}");
        async move {
            let Some(request) = read_request(&mut wire).await else { return };
            if is_polling {
                send(&mut wire, ok(&open).as_bytes()).await.ok();
            } else {
                send(&mut wire, switching(&request).as_bytes()).await.ok();
                send(&mut wire, &text(&open)).await.ok();
            }
            hold(wire).await;
        }
    };
    scene.opened_by(attack).await
}

#[tokio::test]
async fn times_and_sizes_that_cannot_be_are_refused() {
    for (member, value) in [
        ("pingInterval", "0"),
        ("pingInterval", "-1"),
        ("pingInterval", "-0.0"),
        ("pingInterval", "0.001"),
        ("pingInterval", "1e300"),
        ("pingInterval", "1e999"),
        ("pingInterval", "18446744073709551616"),
        ("pingInterval", "2147483648"),
        ("pingInterval", "NaN"),
        ("pingInterval", "\"25000\""),
        ("pingInterval", "null"),
        ("pingInterval", "[25000]"),
        ("pingTimeout", "0"),
        ("pingTimeout", "-20000"),
        ("pingTimeout", "1e300"),
        ("pingTimeout", "true"),
        ("maxPayload", "-1"),
        ("maxPayload", "-1e300"),
        ("maxPayload", "\"1000\""),
        ("maxPayload", "1e999"),
        ("sid", "null"),
        ("sid", "\"\""),
        ("sid", "7"),
        ("sid", "\"\\ud800\""),
        ("upgrades", "null"),
        ("upgrades", "\"websocket\""),
        ("upgrades", "[1]"),
    ] {
        let error = refusal_of(Scene::websocket(), with(member, value)).await;
        assert!(matches!(error, ConnectError::Handshake { .. }), "{member} {value}: {error:?}");
    }
}

#[tokio::test]
async fn times_and_sizes_at_the_edge_of_sense_are_kept_to() {
    for (member, value) in [
        ("pingInterval", "2147483647"),
        ("pingInterval", "25000.5"),
        ("pingTimeout", "2147483647"),
        ("pingTimeout", "2e4"),
        ("maxPayload", "0"),
        ("maxPayload", "null"),
        ("maxPayload", "1e300"),
        ("maxPayload", "18446744073709551616"),
        ("maxPayload", "1000.5"),
        ("upgrades", "[\"\",\"webtransport\",\"polling\",\"websocket\",\"websocket\"]"),
        ("more", "{\"deep\":[[[[]]]]}"),
    ] {
        let open = with(member, value);
        let fate = Scene::websocket().open(&*open).attacked_by(make_peace).await.fate;
        assert!(matches!(fate, Fate::Unharmed), "{member} {value}: {fate:?}");
        // An upgrade that is offered is tried; this server's attack is on a GET.
        let scene = Scene::polling().open(open);
        let fate = scene.attacked_by(make_polling_peace).await.fate;
        assert!(matches!(fate, Fate::Unharmed), "{member} {value}: {fate:?}");
    }
}

#[tokio::test]
async fn a_heartbeat_of_a_millisecond_is_soon_missed() {
    for transport in BOTH {
        let open = OPEN.replace("25000", "1").replace("20000", "1");
        let error = refusal_of(Scene::new(transport), open).await;
        let is_missed = matches!(error, ConnectError::Disconnected(DisconnectReason::PingTimeout));
        assert!(is_missed, "{transport}: {error:?}");
    }
}

#[tokio::test]
async fn an_id_is_encoded_wherever_it_goes() {
    let sid = "a\r\nx: y\r\n\r\n&transport=websocket#%2e%2e/../\u{1e}é 🎉\"\\\0";
    let encoded = "sid=a%0D%0Ax%3A%20y%0D%0A%0D%0A%26transport%3Dwebsocket%23%252e%252e%2F..%2F%1E\
                   %C3%A9%20%F0%9F%8E%89%22%5C%00";
    let open = with("sid", &json!(sid).to_string());
    let (asked, mut requests) = mpsc::unbounded_channel();
    let attack = move |mut wire: Wire| {
        let (asked, open) = (asked.clone(), format!("0{open}"));
        async move {
            while let Some(request) = read_request(&mut wire).await {
                let body = if request.has_sid() { "nonsense" } else { &*open };
                send(&mut wire, ok(body).as_bytes()).await.ok();
                asked.send(request).ok();
            }
        }
    };
    let error = Scene::polling().opened_by(attack).await;
    assert!(matches!(error, ConnectError::Disconnected(_)), "{error:?}");
    requests.recv().await.expect("the first one");
    let request = requests.recv().await.expect("the second one");
    let line = request.head.lines().next().expect("a request line");
    assert!(line.contains(encoded), "{line}");
    assert_eq!(request.header("x"), None, "a header was injected");
}

#[test]
fn an_id_of_a_megabyte_is_no_part_of_a_url() {
    let name = "handshakes::an_id_of_a_megabyte_is_no_part_of_a_url";
    within_bytes(name, 12 * MIB, async || {
        let open = with("sid", &format!("\"{}\"", "x".repeat(MIB)));
        let error = refusal_of(Scene::polling(), open.clone()).await;
        let reason = DisconnectReason::TransportError(TransportError::InvalidBody {
            transport: Transport::Polling,
            reason: String::new(),
        });
        let ConnectError::Disconnected(found) = &error else { panic!("{error:?}") };
        assert_eq!(std::mem::discriminant(found), std::mem::discriminant(&reason), "{error:?}");
        // It goes nowhere on a WebSocket.
        let fate = Scene::websocket().open(open).attacked_by(make_peace).await.fate;
        assert!(matches!(fate, Fate::Unharmed), "{fate:?}");
    });
}

#[test]
fn a_list_or_an_object_without_end_takes_no_more_than_its_text() {
    let name = "handshakes::a_list_or_an_object_without_end_takes_no_more_than_its_text";
    // Of which the server has some copies.
    within_bytes(name, 16 * MIB, async || {
        let upgrades = format!("[{}\"x\"]", "\"x\",".repeat(400_000));
        let fate =
            Scene::websocket().open(with("upgrades", &upgrades)).attacked_by(make_peace).await;
        assert!(matches!(fate.fate, Fate::Unharmed), "{:?}", fate.fate);
        let members = "\"x\":0,".repeat(250_000);
        let open = format!("{{{members}{}", &OPEN[1..]);
        let fate = Scene::websocket().open(open).attacked_by(make_peace).await.fate;
        assert!(matches!(fate, Fate::Unharmed), "{fate:?}");
        let deep = format!("{}1{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        let fate = Scene::websocket().open(with("more", &deep)).attacked_by(make_peace).await.fate;
        assert!(matches!(fate, Fate::Unharmed), "{fate:?}");
    });
}

#[tokio::test]
async fn a_namespace_is_not_awaited_longer_than_the_connect_timeout() {
    for transport in BOTH {
        let error = refusal_of(Scene::new(transport).client(impatient), OPEN.to_owned()).await;
        assert!(matches!(error, ConnectError::NamespaceTimeout { .. }), "{transport}: {error:?}");
    }
}
