//! Binary packets, put together from their text and the messages that follow it.
//!
//! Must not know: what a packet is for.

use bytes::Bytes;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{DecodeError, Header};

/// Holds the one packet whose attachments are on their way: they follow it without anything in
/// between.
#[derive(Debug, Default)]
pub(crate) struct Reassembler {
    pending: Option<Pending>,
}

#[derive(Debug)]
struct Pending {
    header: Header,
    text: Utf8Bytes,
    attachments: Vec<Bytes>,
    /// Of both, in bytes.
    size: usize,
}

impl Reassembler {
    /// Notes a packet that has attachments.
    pub(crate) fn begin(&mut self, header: Header, text: Utf8Bytes) {
        // No room is made for them yet: how many come is only what the server says.
        let size = text.len();
        self.pending = Some(Pending { header, text, attachments: Vec::new(), size });
    }

    /// Size in bytes of the packet that waits, as far as it has come.
    pub(crate) fn size(&self) -> usize {
        self.pending.as_ref().map_or(0, |pending| pending.size)
    }

    /// Takes an attachment; the packet, when it is complete.
    pub(crate) fn add(
        &mut self,
        attachment: Bytes,
    ) -> Result<Option<(Header, Utf8Bytes, Vec<Bytes>)>, DecodeError> {
        let pending = self.pending.as_mut().ok_or(DecodeError::UnexpectedBinary)?;
        pending.size += attachment.len();
        pending.attachments.push(attachment);
        if pending.attachments.len() < pending.header.attachments {
            return Ok(None);
        }
        Ok(self.pending.take().map(|pending| (pending.header, pending.text, pending.attachments)))
    }

    /// Drops a packet that will not become complete.
    #[inline]
    pub(crate) fn abandon(&mut self) -> Option<DecodeError> {
        let Pending { header, attachments, .. } = self.pending.take()?;
        let expected = header.attachments;
        Some(DecodeError::MissingAttachments { missing: expected - attachments.len(), expected })
    }
}
