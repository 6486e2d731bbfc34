//! Numbers as bytes, big-endian, one after the other; the reader never looks past the end.

use serde_bytes::ByteBuf;

/// A number of fixed width.
pub(super) trait Number: Sized {
    fn write(self, to: &mut Vec<u8>);
    /// The number and what follows it.
    fn read(from: &[u8]) -> Option<(Self, &[u8])>;
}

macro_rules! number {
    ($($type:ty),*) => {$(
        impl Number for $type {
            fn write(self, to: &mut Vec<u8>) {
                to.extend_from_slice(&self.to_be_bytes());
            }

            fn read(from: &[u8]) -> Option<(Self, &[u8])> {
                from.split_first_chunk().map(|(bytes, rest)| (Self::from_be_bytes(*bytes), rest))
            }
        }
    )*};
}

number!(u8, u16, u32, u64, i32, i64);

/// Bytes that grow.
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn put(&mut self, number: impl Number) {
        number.write(&mut self.0);
    }

    /// A number that is nearly always less than 255: then one byte, else three.
    pub(super) fn put_small(&mut self, number: u16) {
        match u8::try_from(number) {
            Ok(small) if small < u8::MAX => self.put(small),
            Ok(_) | Err(_) => {
                self.put(u8::MAX);
                self.put(number);
            }
        }
    }

    /// Bytes up to the end of the attribute.
    pub(super) fn put_rest(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// A text of at most 255 bytes, with its length before it.
    pub(super) fn put_short(&mut self, text: &str) {
        let length = u8::try_from(text.len()).unwrap_or(u8::MAX);
        self.put(length);
        self.put_rest(
            text.as_bytes()
                .get(..usize::from(length))
                .unwrap_or_default(),
        );
    }
}

/// Bytes that get fewer.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn take<N: Number>(&mut self) -> Option<N> {
        let (number, rest) = N::read(self.0)?;
        self.0 = rest;
        Some(number)
    }

    pub(super) fn take_small(&mut self) -> Option<u16> {
        match self.take::<u8>()? {
            u8::MAX => self.take(),
            small => Some(small.into()),
        }
    }

    pub(super) fn take_rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    pub(super) fn take_short(&mut self) -> Option<&'a str> {
        let length: u8 = self.take()?;
        let (text, rest) = self.0.split_at_checked(usize::from(length))?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }
}

/// What `write` puts.
pub(super) fn bytes(write: impl FnOnce(&mut Writer)) -> ByteBuf {
    let mut to = Writer(Vec::new());
    write(&mut to);
    ByteBuf::from(to.0)
}

/// One value that is all of the bytes.
pub(super) fn whole<T>(bytes: &[u8], take: impl Fn(&mut Reader<'_>) -> Option<T>) -> Option<T> {
    let mut from = Reader(bytes);
    take(&mut from).filter(|_| from.is_empty())
}

/// Values up to the end of the bytes.
pub(super) fn all<T>(bytes: &[u8], take: impl Fn(&mut Reader<'_>) -> Option<T>) -> Option<Vec<T>> {
    let mut from = Reader(bytes);
    let mut values = Vec::new();
    while !from.is_empty() {
        values.push(take(&mut from)?);
    }
    Some(values)
}
