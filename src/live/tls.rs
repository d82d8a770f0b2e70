//! Whom a wss connection trusts.

use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// Whom a wss connection trusts, as a configuration of rustls.
#[derive(Clone)]
pub struct Trust(pub(super) Arc<ClientConfig>);

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Trust")
    }
}

/// Why there is no trust to be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustError(String);

impl fmt::Display for TrustError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TrustError {}

impl Trust {
    /// The certificates that the system trusts.
    ///
    /// # Errors
    ///
    /// If there are none.
    pub fn of_the_system() -> Result<Trust, TrustError> {
        let found = rustls_native_certs::load_native_certs();
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(found.certs);
        if roots.is_empty() {
            return Err(TrustError("the system has no trusted certificates".to_owned()));
        }
        Trust::roots(roots)
    }

    /// The certificates of a PEM file, and no others.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or has none.
    pub fn of_file(path: &Path) -> Result<Trust, TrustError> {
        let pem = fs::read(path).map_err(|error| TrustError(format!("cannot be read ({error})")))?;
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|error| TrustError(format!("is no PEM ({error})")))?;
            roots.add(certificate).map_err(|error| TrustError(format!("holds an unusable certificate ({error})")))?;
        }
        if roots.is_empty() {
            return Err(TrustError("holds no certificate in PEM".to_owned()));
        }
        Trust::roots(roots)
    }

    /// Every certificate, whoever signed it and whatever it names.
    ///
    /// # Errors
    ///
    /// If TLS cannot be spoken at all.
    pub fn of_everyone() -> Result<Trust, TrustError> {
        let provider = Arc::new(ring::default_provider());
        Trust::verified_by(Arc::new(Everyone(Arc::clone(&provider))), provider)
    }

    fn roots(roots: RootCertStore) -> Result<Trust, TrustError> {
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build();
        let verifier = verifier.map_err(|error| TrustError(format!("cannot be trusted ({error})")))?;
        Trust::verified_by(verifier, provider)
    }

    fn verified_by(verifier: Arc<dyn ServerCertVerifier>, provider: Arc<CryptoProvider>) -> Result<Trust, TrustError> {
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(rustls::DEFAULT_VERSIONS)
            .map_err(|error| TrustError(format!("TLS cannot be spoken ({error})")))?;
        let config = config.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
        Ok(Trust(Arc::new(config)))
    }
}

/// Trusts every certificate; signatures are still checked, so that it is TLS that is spoken.
#[derive(Debug)]
struct Everyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Everyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
