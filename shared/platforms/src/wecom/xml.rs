//! Reading the little XML that WeCom writes: elements with text or with elements in them.

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};

use crate::ParseError;

/// WeCom writes three levels, four in a contact's extra attributes. Nobody needs more.
const DEPTH: usize = 16;

/// An element. Attributes, comments and instructions are passed over. Without Debug, as what people
/// write must not reach a log.
#[derive(Default)]
pub(super) struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

impl Element {
    /// The first child of a name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of a child, without the space around it; `None` if it is not there or empty.
    pub(super) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).and_then(Self::own_text)
    }

    /// Its own text, likewise.
    pub(super) fn own_text(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }

    /// Its children.
    pub(super) fn children(&self) -> &[Self] {
        &self.children
    }

    fn opened(tag: &BytesStart<'_>) -> Self {
        Self {
            name: tag.name().into_inner().to_owned(),
            ..Self::default()
        }
    }
}

/// Reads a document of one root element. A document type is refused, and an entity other than
/// XML's own five, so that nothing grows by being read.
pub(super) fn read(body: &[u8]) -> Result<Element, ParseError> {
    tree(body).ok_or_else(|| ParseError::field("(body)", "XML with one root element"))
}

fn tree(body: &[u8]) -> Option<Element> {
    let mut reader = Reader::from_str(std::str::from_utf8(body).ok()?);
    // The elements that are open, the document itself first.
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) if open.len() <= DEPTH => open.push(Element::opened(&tag)),
            Event::Empty(tag) => open.last_mut()?.children.push(Element::opened(&tag)),
            Event::End(_) => {
                let closed = open.pop()?;
                open.last_mut()?.children.push(closed);
            }
            Event::Text(text) => open.last_mut()?.text.push_str(&text.xml10_content()),
            Event::CData(text) => open.last_mut()?.text.push_str(&text.xml10_content()),
            Event::GeneralRef(name) => match name.resolve_char_ref().ok()? {
                Some(character) => open.last_mut()?.text.push(character),
                None => open
                    .last_mut()?
                    .text
                    .push_str(resolve_xml_entity(&name.xml10_content())?),
            },
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Start(_) | Event::DocType(_) => return None,
            Event::Eof => break,
        }
    }
    let document = open.pop().filter(|_| open.is_empty())?;
    if document.own_text().is_some() {
        return None;
    }
    let mut roots = document.children.into_iter();
    let root = roots.next()?;
    roots.next().is_none().then_some(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_however_it_is_written() {
        for (inner, expected) in [
            ("<![CDATA[字]]>", Some("字")),
            ("\n  <![CDATA[a]]>\n  ", Some("a")),
            ("plain", Some("plain")),
            ("<![CDATA[a<b&c]]>", Some("a<b&c")),
            ("a&amp;b &lt;c&gt; &#x5b57;&#23383;", Some("a&b <c> 字字")),
            ("a<!-- no -->b", Some("ab")),
            ("<![CDATA[]]>", None),
            ("   ", None),
            ("", None),
        ] {
            let body = format!("<?xml version=\"1.0\"?><xml><A>{inner}</A ><B/></xml>");
            let root = read(body.as_bytes()).unwrap();
            assert_eq!(root.text_of("A"), expected, "{inner}");
            assert_eq!(root.text_of("B"), None);
            assert!(root.child("B").is_some() && root.child("C").is_none());
        }
    }

    #[test]
    fn what_is_not_one_element_is_refused() {
        let deep = format!("{}{}", "<a>".repeat(17), "</a>".repeat(17));
        let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><xml>&b;</xml>";
        for body in [
            "",
            "text",
            "<xml>",
            "</xml>",
            "<xml></yml>",
            "<xml/><xml/>",
            "<xml/>more",
            "<xml><A></xml>",
            "<xml>&unknown;</xml>",
            "<xml>&#0;</xml>",
            "<xml>a & b</xml>",
            "<xml><![CDATA[endless</xml>",
            "{\"json\": true}",
            &deep,
            bomb,
        ] {
            assert_eq!(
                read(body.as_bytes()).err(),
                Some(ParseError::field("(body)", "XML with one root element")),
                "{body}"
            );
        }
        assert!(read(b"<xml>\xff</xml>").is_err());
        let deep = format!("{}{}", "<a>".repeat(16), "</a>".repeat(16));
        assert!(read(deep.as_bytes()).is_ok());
    }
}
