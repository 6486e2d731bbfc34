//! Words of pages in the three languages, side by side.

/// Declares labels. One without one of its three texts does not compile.
macro_rules! labels {
    ($($name:ident: $hant:literal, $hans:literal, $en:literal;)*) => {
        /// A word or sentence of the page.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Label { $($name),* }

        impl Label {
            /// All of them.
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$name),*];

            /// In the order of [`Locale::ALL`].
            fn texts(self) -> [&'static str; 3] {
                match self { $(Self::$name => [$hant, $hans, $en]),* }
            }

            /// The text in one language.
            pub(crate) fn get(self, locale: Locale) -> &'static str {
                let [hant, hans, en] = self.texts();
                match locale {
                    Locale::ZhHant => hant,
                    Locale::ZhHans => hans,
                    Locale::En => en,
                }
            }
        }
    };
}
