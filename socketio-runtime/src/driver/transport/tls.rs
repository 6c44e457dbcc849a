//! TLS: whom to trust, as whom to appear.
//!
//! Must not know: what is spoken on the stream.

use std::{io, sync::Arc};

use tokio_rustls::{
    TlsConnector,
    rustls::{
        self, CertificateError, ClientConfig, DigitallySignedStruct, PeerIncompatible,
        RootCertStore, SignatureScheme,
        client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
        pki_types::{
            CertificateDer, PrivateKeyDer, ServerName, UnixTime,
            pem::{self, PemObject},
        },
    },
};

use super::{config::TlsConfig, stream::ByteStream};
use crate::error::BuildError;

pub(super) fn connector(config: &TlsConfig) -> Result<TlsConnector, BuildError> {
    let invalid = |reason: String| BuildError::InvalidCertificate { reason };
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| invalid(error.to_string()))?;
    let roots = roots(config).map_err(invalid)?;
    let builder = if config.accepts_invalid_certificates {
        tracing::warn!(
            "server certificates are not verified; anybody on the way can read and change everything"
        );
        builder.dangerous().with_custom_certificate_verifier(Arc::new(AcceptAny(provider)))
    } else {
        builder.with_root_certificates(roots)
    };
    let config = match &config.client {
        None => builder.with_no_client_auth(),
        Some((chain, key)) => client_identity(chain, key)
            .and_then(|(chain, key)| {
                builder.with_client_auth_cert(chain, key).map_err(|error| error.to_string())
            })
            .map_err(|reason| BuildError::InvalidClientCertificate { reason })?,
    };
    Ok(TlsConnector::from(Arc::new(config)))
}

pub(super) async fn handshake(
    connector: &TlsConnector,
    host: &str,
    stream: Box<dyn ByteStream>,
) -> io::Result<Box<dyn ByteStream>> {
    let name = ServerName::try_from(host.to_owned())
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    Ok(Box::new(connector.connect(name, stream).await.map_err(explained)?))
}

fn roots(config: &TlsConfig) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    if config.has_built_in_roots {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    for pem in &config.roots {
        for certificate in certificates(pem)? {
            roots.add(certificate).map_err(|error| error.to_string())?;
        }
    }
    if roots.is_empty() && !config.accepts_invalid_certificates {
        return Err("the built-in ones are off and no other is given".to_owned());
    }
    Ok(roots)
}

fn client_identity(
    chain: &[u8],
    key: &[u8],
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), String> {
    let key = PrivateKeyDer::from_pem_slice(key);
    let key = key.map_err(|error| format!("its key: {}", not_pem(&error)))?;
    Ok((certificates(chain)?, key))
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| not_pem(&error))?;
    if certificates.is_empty() {
        return Err("the PEM text has no certificate".to_owned());
    }
    Ok(certificates)
}

/// What is wrong with text that is no PEM. The library's own words repeat it, and it may be a key, of
/// which a line break was lost.
fn not_pem(error: &pem::Error) -> String {
    match error {
        pem::Error::MissingSectionEnd { .. } => {
            "the PEM text has a BEGIN line without its END line"
        }
        pem::Error::IllegalSectionStart { .. } => "a BEGIN line of the PEM text is not one",
        pem::Error::Base64Decode(_) => "what stands in the PEM text is not base64",
        pem::Error::NoItemsFound => "the PEM text has none",
        _ => "the PEM text cannot be read",
    }
    .to_owned()
}

/// A failed handshake, with what it means where the library gives a name alone.
fn explained(error: io::Error) -> io::Error {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>()).cloned();
    let meaning = match &cause {
        Some(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer)) => {
            "none of the trusted authorities has made it"
        }
        Some(rustls::Error::InvalidCertificate(CertificateError::BadSignature)) => {
            "another key has signed it than that of the authority it names"
        }
        Some(rustls::Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13)) => {
            "it speaks nothing but what is older than TLS 1.2, and broken"
        }
        _ => return error,
    };
    match cause {
        Some(error) => io::Error::new(io::ErrorKind::InvalidData, Explained { error, meaning }),
        None => error,
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{error}: {meaning}")]
struct Explained {
    #[source]
    error: rustls::Error,
    meaning: &'static str,
}

/// Believes every certificate; that the server has its key is still checked.
#[derive(Debug)]
struct AcceptAny(Arc<CryptoProvider>);

impl ServerCertVerifier for AcceptAny {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
