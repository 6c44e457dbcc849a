//! gzip that is larger inside than outside, or no gzip.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use socketio_runtime::{ClientBuilder, DisconnectReason, error::TransportError};

use crate::{
    peak::within_bytes,
    scene::{Aftermath, Fate, Scene},
    wire::{Wire, ok_with, send},
};

const MIB: usize = 1024 * 1024;

/// The limit of these clients, and of what becomes of a body.
const LIMIT: usize = 4 * MIB;

fn small(builder: ClientBuilder) -> ClientBuilder {
    builder.max_message_size(LIMIT)
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).expect("there is memory");
    encoder.finish().expect("there is memory")
}

/// One event, of so many bytes with all that is around it.
fn event(size: usize) -> Vec<u8> {
    let name = "x".repeat(size - r#"42[""]"#.len());
    format!(r#"42["{name}"]"#).into_bytes()
}

async fn after(encoding: &str, body: &[u8]) -> Aftermath {
    let answer = ok_with(&format!("connection: close\r\ncontent-encoding: {encoding}\r\n"), body);
    let attack = move |mut wire: Wire| {
        let answer = answer.clone();
        async move {
            send(&mut wire, &answer).await.ok();
        }
    };
    Scene::polling().client(small).attacked_by(attack).await
}

fn is_too_large(fate: &Fate) -> bool {
    matches!(
        fate,
        Fate::Lost(DisconnectReason::TransportError(TransportError::MessageTooLarge { .. }))
    )
}

fn is_no_body(fate: &Fate) -> bool {
    matches!(fate, Fate::Lost(DisconnectReason::TransportError(TransportError::InvalidBody { .. })))
}

#[test]
fn a_bomb_is_inflated_no_further_than_the_limit() {
    let name = "compressed::a_bomb_is_inflated_no_further_than_the_limit";
    // The bomb itself, made of a member that is repeated, so that it costs this side little.
    within_bytes(name, 16 * MIB, async || {
        let bomb = gzip(&vec![b'x'; MIB]).repeat(400);
        assert!(bomb.len() < 2 * MIB, "{}", bomb.len());
        let fate = after("gzip", &bomb).await.fate;
        assert!(is_too_large(&fate), "{fate:?}");
    });
}

#[test]
fn what_inflates_to_the_limit_is_taken_and_a_byte_more_is_not() {
    let name = "compressed::what_inflates_to_the_limit_is_taken_and_a_byte_more_is_not";
    within_bytes(name, 30 * MIB, async || {
        let Aftermath { fate, events, .. } = after("gzip", &gzip(&event(LIMIT))).await;
        assert!(matches!(fate, Fate::Unharmed), "{fate:?}");
        assert_eq!(events, 1);
        let Aftermath { fate, events, .. } = after("gzip", &gzip(&event(LIMIT + 1))).await;
        assert!(is_too_large(&fate), "{fate:?}");
        assert_eq!(events, 0);
    });
}

#[tokio::test]
async fn members_of_nothing_are_nothing_however_many() {
    // The neighbour of this scene runs on the same thread.
    let nothing = gzip(b"").repeat(5000);
    let body = [&*gzip(b"42[\"x\"]"), &nothing].concat();
    let Aftermath { fate, events, .. } = after("gzip", &body).await;
    assert!(matches!(fate, Fate::Unharmed), "{fate:?}");
    assert_eq!(events, 1);
}

#[tokio::test]
async fn what_is_not_as_it_says_is_refused() {
    let good = gzip(&event(10_000));
    let (middle, mut changed) = (good.len() / 2, good.clone());
    changed[good.len() - 8] ^= 1;
    let endless_name = [&[0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 255][..], &vec![b'x'; MIB]].concat();
    for (what, encoding, body) in [
        ("gzip in gzip", "gzip, gzip", gzip(&good)),
        ("gzip in gzip that says so once", "gzip", gzip(&good)),
        ("deflate", "deflate", b"x".to_vec()),
        ("brotli", "br", b"x".to_vec()),
        ("plain text", "gzip", event(100)),
        ("nothing", "gzip", Vec::new()),
        ("cut", "gzip", good[..middle].to_vec()),
        ("cut before its checksum", "gzip", good[..good.len() - 8].to_vec()),
        ("of another checksum", "gzip", changed),
        ("followed by something else", "gzip", [&*good, b"42[\"x\"]"].concat()),
        ("a name without end", "gzip", endless_name),
    ] {
        let Aftermath { fate, events, .. } = after(encoding, &body).await;
        assert!(is_no_body(&fate), "{what}: {fate:?}");
        assert_eq!(events, 0, "{what}");
    }
}
