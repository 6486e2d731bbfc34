//! A certificate authority for one run, and the certificate of the stub.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, process};

use anyhow::Context as _;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// Where Linux distributions keep the authorities they trust; the first that is there.
const SYSTEM_BUNDLES: [&str; 3] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
];

/// The authority. Its files are removed when it is dropped.
pub struct Authority {
    acceptor: TlsAcceptor,
    folder: PathBuf,
    has_system_bundle: bool,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Authority({})", self.folder.display())
    }
}

impl Authority {
    /// A new one, with a certificate for `localhost`.
    pub fn new() -> anyhow::Result<Self> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params
            .distinguished_name
            .push(DnType::CommonName, "Hearth tests");
        let key = KeyPair::generate()?;
        let authority = params.self_signed(&key)?;
        let issuer = Issuer::new(params, key);
        let server_key = KeyPair::generate()?;
        let server = CertificateParams::new(vec!["localhost".to_owned()])?;
        let server = server.signed_by(&server_key, &issuer)?;
        let server_key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(server_key.serialize_der()));
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()?
                .with_no_client_auth()
                .with_single_cert(vec![server.der().clone()], server_key)?;
        // What DynamoDB and SQS speak.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let folder = std::env::temp_dir().join(format!("hearth-bootstraps-{}", process::id()));
        fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
        let mut made = Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            folder,
            has_system_bundle: false,
        };
        let pem = authority.pem();
        write(&made.file(), &pem)?;
        let bundle = SYSTEM_BUNDLES
            .iter()
            .find_map(|path| fs::read_to_string(path).ok());
        if let Some(bundle) = bundle {
            write(&made.file_with_system(), &format!("{pem}\n{bundle}"))?;
            made.has_system_bundle = true;
        }
        Ok(made)
    }

    /// What a server takes connections with.
    pub fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }

    /// The authority's certificate alone.
    pub fn file(&self) -> PathBuf {
        self.folder.join("authority.pem")
    }

    /// The authority's certificate and those that this machine trusts: as many as a function on
    /// Lambda reads. `None` = this machine has no such file.
    pub fn file_with_system_roots(&self) -> Option<PathBuf> {
        self.has_system_bundle.then(|| self.file_with_system())
    }

    fn file_with_system(&self) -> PathBuf {
        self.folder.join("authorities.pem")
    }
}

fn write(path: &Path, pem: &str) -> anyhow::Result<()> {
    fs::write(path, pem).with_context(|| format!("writing {}", path.display()))
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}
