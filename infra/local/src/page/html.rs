//! A buffer of markup: what is not a literal of this program goes in escaped, by construction.

use std::fmt::{self, Display, Write};

/// Markup under construction.
#[derive(Debug, Default)]
pub(crate) struct Html(String);

impl Html {
    /// Markup as it stands. `'static`: a name that somebody chose can't come in here.
    pub(crate) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Text, escaped for an element's content and for an attribute in double quotes.
    pub(crate) fn text(&mut self, text: impl Display) -> &mut Self {
        // Writing to a string fails only if the value's own `Display` does.
        let _ = write!(Escaped(&mut self.0), "{text}");
        self
    }

    /// ` name="value"`, inside a tag.
    pub(crate) fn attribute(&mut self, name: &'static str, value: impl Display) -> &mut Self {
        self.raw(" ").raw(name).raw("=\"").text(value).raw("\"")
    }

    /// `<name>text</name>`.
    pub(crate) fn element(&mut self, name: &'static str, text: impl Display) -> &mut Self {
        self.raw("<").raw(name).raw(">").text(text);
        self.raw("</").raw(name).raw(">")
    }

    /// A link.
    pub(crate) fn link(&mut self, href: impl Display, text: impl Display) -> &mut Self {
        self.raw("<a").attribute("href", href).raw(">");
        self.text(text).raw("</a>")
    }

    /// The finished markup.
    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

struct Escaped<'a>(&'a mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                c => self.0.push(c),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_outside_is_escaped() {
        let mut html = Html::default();
        html.raw("<b").attribute("title", "\"><i x='").raw(">");
        html.text("a & <script>").raw("</b>");
        assert_eq!(
            html.into_string(),
            "<b title=\"&quot;&gt;&lt;i x=&#39;\">a &amp; &lt;script&gt;</b>"
        );
    }
}
