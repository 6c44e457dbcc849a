//! Certificates for one test, made when it runs: none is on disk, and none can expire in the
//! repository.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, date_time_ymd,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

/// A certificate authority that nobody trusts unless given its [certificate](Self::certificate).
#[derive(Debug)]
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A server's certificate and key, both as PEM text.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The certificate; its issuer's is not included.
    pub certificate: String,
    /// The private key, PKCS #8.
    pub key: String,
}

impl Authority {
    /// A new authority with a key of its own.
    ///
    /// # Panics
    /// When the system has no randomness.
    #[must_use]
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "Socket.IO test authority");
        let issuer = CertifiedIssuer::self_signed(params, generate_key())
            .expect("these parameters can be signed");
        Self { issuer }
    }

    /// A valid certificate for `hosts`, names or IP addresses.
    ///
    /// # Panics
    /// When a host is not one that can stand in a certificate.
    #[must_use]
    pub fn issue(&self, hosts: &[&str]) -> Identity {
        self.sign(&params_for(hosts))
    }

    /// A certificate for `hosts` that expired years ago.
    ///
    /// # Panics
    /// When a host is not one that can stand in a certificate.
    #[must_use]
    pub fn issue_expired(&self, hosts: &[&str]) -> Identity {
        let mut params = params_for(hosts);
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2020, 2, 1);
        self.sign(&params)
    }

    /// A certificate for `hosts` that will be valid in the far future.
    ///
    /// # Panics
    /// When a host is not one that can stand in a certificate.
    #[must_use]
    pub fn issue_for_later(&self, hosts: &[&str]) -> Identity {
        let mut params = params_for(hosts);
        params.not_before = date_time_ymd(2090, 1, 1);
        params.not_after = date_time_ymd(2091, 1, 1);
        self.sign(&params)
    }

    /// A certificate for `hosts` that is for clients to show, and not for servers.
    ///
    /// # Panics
    /// When a host is not one that can stand in a certificate.
    #[must_use]
    pub fn issue_for_clients(&self, hosts: &[&str]) -> Identity {
        let mut params = params_for(hosts);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.sign(&params)
    }

    /// The authority's own certificate as PEM text, for clients to trust.
    #[must_use]
    pub fn certificate(&self) -> String {
        self.issuer.pem()
    }

    fn sign(&self, params: &CertificateParams) -> Identity {
        let key = generate_key();
        let certificate =
            params.signed_by(&key, &self.issuer).expect("these parameters can be signed");
        Identity { certificate: certificate.pem(), key: key.serialize_pem() }
    }
}

impl Identity {
    /// A certificate for `hosts` that nobody but itself vouches for.
    ///
    /// # Panics
    /// When a host is not one that can stand in a certificate.
    #[must_use]
    pub fn self_signed(hosts: &[&str]) -> Self {
        let key = generate_key();
        let certificate =
            params_for(hosts).self_signed(&key).expect("these parameters can be signed");
        Self { certificate: certificate.pem(), key: key.serialize_pem() }
    }

    /// The TLS of a server that shows this certificate and asks clients for none.
    ///
    /// # Panics
    /// When the key is not the certificate's.
    #[must_use]
    pub fn acceptor(&self) -> TlsAcceptor {
        let certificate = CertificateDer::from_pem_slice(self.certificate.as_bytes());
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes());
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.expect("it is PEM")], key.expect("it is PEM"))
            .expect("the key is the certificate's");
        TlsAcceptor::from(Arc::new(config))
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

fn params_for(hosts: &[&str]) -> CertificateParams {
    let hosts: Vec<String> = hosts.iter().map(ToString::to_string).collect();
    CertificateParams::new(hosts).expect("a host is a DNS name or an IP address")
}

fn generate_key() -> KeyPair {
    KeyPair::generate().expect("the system has randomness")
}
