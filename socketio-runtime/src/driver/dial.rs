//! Opens a byte stream to the server: TCP, and TLS on it.
//!
//! Must not know: what is spoken on the stream, so that every transport can share it.

use std::{fmt, io, sync::Arc};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};

use super::config::Endpoint;
use crate::error::{BuildError, TransportError};

/// Whatever carries bytes.
pub(super) trait ByteStream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> ByteStream for T {}

pub(super) struct Dialer {
    pub(super) endpoint: Endpoint,
    #[cfg(feature = "tls")]
    tls: Option<tokio_rustls::TlsConnector>,
}

impl Dialer {
    pub(super) fn new(
        endpoint: Endpoint,
        root_certificates: &[Vec<u8>],
    ) -> Result<Self, BuildError> {
        #[cfg(feature = "tls")]
        let tls = endpoint.is_tls.then(|| tls::connector(root_certificates)).transpose()?;
        #[cfg(not(feature = "tls"))]
        let _ = root_certificates;
        Ok(Self {
            endpoint,
            #[cfg(feature = "tls")]
            tls,
        })
    }

    pub(super) async fn dial(&self) -> Result<Box<dyn ByteStream>, TransportError> {
        let Endpoint { host, port, .. } = &self.endpoint;
        let stream = TcpStream::connect((host.as_str(), *port)).await;
        let stream = stream.and_then(|stream| {
            // Packets are small and answered: waiting to fill a segment only delays them.
            stream.set_nodelay(true)?;
            Ok(stream)
        });
        let stream = stream.map_err(|source| TransportError::Connect {
            address: self.endpoint.address(),
            source: Arc::new(source),
        })?;
        #[cfg(feature = "tls")]
        if let Some(connector) = &self.tls {
            let stream = tls::handshake(connector, host, stream).await;
            return stream.map_err(|source| self.tls_error(source));
        }
        Ok(Box::new(stream))
    }

    #[cfg(feature = "tls")]
    fn tls_error(&self, source: io::Error) -> TransportError {
        TransportError::Tls { host: self.endpoint.host.clone(), source: Arc::new(source) }
    }
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialer").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

#[cfg(feature = "tls")]
mod tls {
    use std::{io, sync::Arc};

    use tokio::net::TcpStream;
    use tokio_rustls::{
        TlsConnector,
        rustls::{
            ClientConfig, RootCertStore,
            crypto::ring,
            pki_types::{CertificateDer, ServerName, pem::PemObject},
        },
    };

    use super::ByteStream;
    use crate::error::BuildError;

    pub(super) fn connector(root_certificates: &[Vec<u8>]) -> Result<TlsConnector, BuildError> {
        let invalid = |reason: String| BuildError::InvalidCertificate { reason };
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        for pem in root_certificates {
            let before = roots.len();
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate = certificate.map_err(|error| invalid(error.to_string()))?;
                roots.add(certificate).map_err(|error| invalid(error.to_string()))?;
            }
            if roots.len() == before {
                return Err(invalid("the PEM text has no certificate".to_owned()));
            }
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| invalid(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(TlsConnector::from(Arc::new(config)))
    }

    pub(super) async fn handshake(
        connector: &TlsConnector,
        host: &str,
        stream: TcpStream,
    ) -> io::Result<Box<dyn ByteStream>> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        Ok(Box::new(connector.connect(name, stream).await?))
    }
}
