//! Sealed and signed callbacks as WeCom sends them.

use anyhow::Context as _;
use hearth_domain::member::hash64;
use jiff::Timestamp;

use super::{Delivery, headers};

/// A corporation on WeCom whose events go to one community.
#[derive(Debug, Clone)]
pub struct WecomCorp {
    /// The community in the path.
    pub community: String,
    /// To whom the messages are sealed.
    pub corp_id: String,
    /// Signs them.
    pub token: String,
    /// Seals them.
    pub encoding_aes_key: String,
}

impl WecomCorp {
    /// A customer who becomes a contact of a member of the staff, or ceases to be one.
    pub fn contact(
        &self,
        change: &str,
        staff: &str,
        customer: &str,
        more: &[(&str, &str)],
        at: Timestamp,
    ) -> String {
        let who = [("UserID", staff), ("ExternalUserID", customer)];
        let fields = [&[("ChangeType", change)], &who[..], more].concat();
        self.event("change_external_contact", &fields, at)
    }

    /// Something about a customers' group: `add_member`, `del_member`, `change_name` …
    pub fn chat(&self, chat: &str, detail: &str, more: &[(&str, &str)], at: Timestamp) -> String {
        let what = [
            ("ChangeType", "update"),
            ("ChatId", chat),
            ("UpdateDetail", detail),
        ];
        self.event("change_external_chat", &[&what, more].concat(), at)
    }

    /// An event as WeCom writes it, with fields that may have elements in them.
    pub fn event(&self, event: &str, fields: &[(&str, &str)], at: Timestamp) -> String {
        let fields = fields.iter().fold(String::new(), |xml, (name, value)| {
            xml + &format!("<{name}>{value}</{name}>")
        });
        format!(
            "<xml><ToUserName><![CDATA[{}]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName>\
             <CreateTime>{}</CreateTime><MsgType><![CDATA[event]]></MsgType>\
             <Event><![CDATA[{event}]]></Event>{fields}</xml>",
            self.corp_id,
            at.as_second(),
        )
    }

    /// A welcome code, by which the sandbox knows when it was made: `1767600000-wmU1`.
    pub fn welcome_code(customer: &str, at: Timestamp) -> String {
        format!("{}-{customer}", at.as_second())
    }

    /// A message, sealed and signed, delivered at `now`.
    pub fn seal(&self, message: &str, now: Timestamp) -> anyhow::Result<Delivery> {
        self.seal_bytes(message.as_bytes(), now)
    }

    /// As [`seal`](Self::seal), of what need not be text.
    pub fn seal_bytes(&self, message: &[u8], now: Timestamp) -> anyhow::Result<Delivery> {
        let sealed = self.sealed(message)?;
        let body = format!(
            "<xml><ToUserName><![CDATA[{}]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt>\
             <AgentID><![CDATA[]]></AgentID></xml>",
            self.corp_id
        );
        Ok(Delivery {
            path: self.path(&sealed, &[], now)?,
            headers: headers([("content-type", "text/xml".to_owned())]),
            body: body.into_bytes(),
        })
    }

    /// The path by which WeCom checks that the address is ours: a GET, answered with `echo`.
    pub fn check(&self, echo: &str, now: Timestamp) -> anyhow::Result<String> {
        let sealed = self.sealed(echo.as_bytes())?;
        self.path(&sealed, &[("echostr", &sealed)], now)
    }

    /// With random bytes that follow from the message: the same message is the same delivery.
    fn sealed(&self, message: &[u8]) -> anyhow::Result<String> {
        let text = String::from_utf8_lossy(message);
        let mut random = [0; 16];
        for (half, salt) in random.chunks_exact_mut(8).zip(["a", "b"]) {
            half.copy_from_slice(&hash64(&format!("{salt}{text}")).to_be_bytes());
        }
        hearth_platforms::wecom::seal(&self.encoding_aes_key, random, message, &self.corp_id)
            .context("not an EncodingAESKey")
    }

    fn path(&self, sealed: &str, more: &[(&str, &str)], now: Timestamp) -> anyhow::Result<String> {
        let (second, nonce) = (now.as_second().to_string(), hash64(sealed).to_string());
        let signature = hearth_platforms::wecom::sign(&self.token, &second, &nonce, sealed);
        let signed = [
            ("msg_signature", &*signature),
            ("timestamp", &second),
            ("nonce", &nonce),
        ];
        let query = serde_urlencoded::to_string([&signed, more].concat())?;
        Ok(format!("/webhooks/wecom/{}?{query}", self.community))
    }
}
