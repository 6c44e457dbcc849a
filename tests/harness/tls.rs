//! Certificates for one test, made when it runs: none is on disk, and none can expire in the
//! repository.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};

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
