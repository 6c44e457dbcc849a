//! Whatever carries bytes.
//!
//! Must not know: what is spoken on it.

use tokio::io::{AsyncRead, AsyncWrite};

pub(super) trait ByteStream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> ByteStream for T {}
