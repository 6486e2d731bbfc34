//! An HTTP server on the loopback, plain or over TLS.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::Context as _;
use futures::future::BoxFuture;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// Answers requests.
pub trait Answers: Send + Sync + 'static {
    /// The answer. A connection that ends takes the answer it waits for with it.
    fn answer(&self, request: Request<Vec<u8>>) -> BoxFuture<'_, Response<Vec<u8>>>;
}

/// A server that runs until it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    secure: bool,
    _tasks: JoinSet<()>,
}

impl Server {
    /// Listens on a port of the kernel's choice.
    pub async fn start(
        answers: Arc<dyn Answers>,
        tls: Option<TlsAcceptor>,
    ) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .context("listening on 127.0.0.1")?;
        let address = listener.local_addr()?;
        let secure = tls.is_some();
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, answers, tls));
        Ok(Self {
            address,
            secure,
            _tasks: tasks,
        })
    }

    /// `localhost:4711`.
    pub fn authority(&self) -> String {
        format!("localhost:{}", self.address.port())
    }

    /// `http://localhost:4711`. By name, as services are called: looking it up is part of a start.
    pub fn url(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}", self.authority())
    }
}

async fn accept(listener: TcpListener, answers: Arc<dyn Answers>, tls: Option<TlsAcceptor>) {
    // Dropped with this task, and all connections with it.
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            return;
        };
        while connections.try_join_next().is_some() {}
        connections.spawn(serve(stream, answers.clone(), tls.clone()));
    }
}

async fn serve(stream: TcpStream, answers: Arc<dyn Answers>, tls: Option<TlsAcceptor>) {
    // Without it a small answer waits for the other side's acknowledgement.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    match tls {
        None => talk(stream, answers).await,
        Some(tls) => {
            // What the client did not like it says itself; it is the one that is looked at.
            if let Ok(stream) = tls.accept(stream).await {
                talk(stream, answers).await;
            }
        }
    }
}

async fn talk<S>(stream: S, answers: Arc<dyn Answers>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: Request<Incoming>| {
        let answers = answers.clone();
        async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await?.to_bytes().to_vec();
            let answer = answers.answer(Request::from_parts(parts, body)).await;
            Ok::<_, hyper::Error>(answer.map(|body| Full::new(Bytes::from(body))))
        }
    });
    // Ends with an error when the process is killed.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// An answer with a status, a content type and a body.
pub fn answer(
    status: u16,
    content_type: &'static str,
    body: impl Into<Vec<u8>>,
) -> Response<Vec<u8>> {
    let mut response = Response::new(body.into());
    *response.status_mut() =
        http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static(content_type),
    );
    response
}
