//! Many arguments, generic emits, optional and remaining arguments.
#![deny(warnings, clippy::all, clippy::pedantic)]

use std::{
    borrow::Cow,
    collections::HashMap,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use socketio_runtime::{Ack, Bytes, client_to_server, error::EmitError, server_to_client};

#[server_to_client]
pub trait ServerToClient {
    fn none();
    fn twelve(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8, i: u8, j: u8, k: u8, l: u8);
    fn thirteen(
        a: u8,
        b: u8,
        c: u8,
        d: u8,
        e: u8,
        f: u8,
        g: u8,
        h: u8,
        i: u8,
        j: u8,
        k: u8,
        l: u8,
        m: &str,
    );
    fn owned(a: &str, b: &[&str], c: &HashMap<String, u8>, d: (&str, u8), e: Option<&str>, f: u8);
    fn optional(a: Option<u8>, b: u8, c: Option<u8>, d: Option<&[u8; 4]>, #[event(rest)] e: &[u8]);
    fn tuple(pair: (u8, &str)) -> ((u8, &'static str),);
    #[event(json)]
    fn bytes(list: Vec<u8>) -> Vec<u8>;
    fn cow(text: Cow<'static, str>);
    fn referenced(a: &NeitherCloneNorDefault, b: &Path, c: &Option<&str>, d: &&str);
}

#[derive(Debug, Deserialize)]
pub struct NeitherCloneNorDefault;

#[client_to_server]
pub trait ClientToServer {
    fn twelve(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8, i: u8, j: u8, k: u8, l: u8);
    fn anything(value: impl Serialize, list: &[impl Serialize], tail: Option<impl Serialize>);
    fn generic<'a, T: Serialize + ?Sized, U>(value: &'a T, other: U)
    where
        U: Serialize;
    fn ask<T: DeserializeOwned>(question: &str) -> T;
    fn optional(a: Option<&str>, b: u8, c: Option<&str>, #[event(rest)] d: &[Cow<'_, str>]);
    fn upload(content: Bytes, nested: &HashMap<&str, Bytes>) -> ();
}

pub fn emit(emit: ClientToServerEmit<'_>) -> Result<(), EmitError> {
    emit.anything(1, &["a"], Some("b"))?;
    emit.generic("text", 2)?;
    emit.optional(None, 1, None, &["x".into()])?;
    // The answer borrows nothing.
    let answer: Ack<u32> = {
        let question = String::from("how many?");
        emit.ask(&question)
    };
    drop(answer);
    Ok(())
}

pub fn listen(on: ServerToClientOn<'_>) {
    on.thirteen(|_, _, _, _, _, _, _, _, _, _, _, _, text| drop::<String>(text));
    on.owned(|a, b, c, d, e, f| {
        let _: (String, Vec<String>, HashMap<String, u8>) = (a, b, c);
        let _: ((String, u8), Option<String>, u8) = (d, e, f);
    });
    on.tuple(|(number, _)| ((number, String::new()),));
    on.referenced(|a, b, c, d| {
        let _: (NeitherCloneNorDefault, PathBuf, Option<String>, String) = (a, b, c, d);
    });
}

fn main() {}
