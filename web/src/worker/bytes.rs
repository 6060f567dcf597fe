//! Numbers and texts as bytes: all that a message between the page and its worker is made of.
//!
//! Numbers are of varying length, seven bits a byte, the lowest first. Reading knows no error but "there is none", which makes
//! the whole message none: both ends are of one build, so bytes that cannot be read are not ours.

/// Bytes in the making.
#[derive(Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

/// The bytes that have not been read.
pub(super) struct Reader<'b>(pub(super) &'b [u8]);

/// What can be in a message.
pub(super) trait Part: Sized {
    /// Writes it.
    fn write(&self, to: &mut Writer);
    /// Reads one; none if there is none.
    fn read(from: &mut Reader<'_>) -> Option<Self>;
}

impl Writer {
    pub(super) fn put<T: Part>(&mut self, part: &T) {
        part.write(self);
    }
}

impl Reader<'_> {
    pub(super) fn get<T: Part>(&mut self) -> Option<T> {
        T::read(self)
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }
}

impl Part for u64 {
    #[inline(never)]
    fn write(&self, to: &mut Writer) {
        let mut rest = *self;
        while rest >= 0x80 {
            to.0.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        to.0.push(rest as u8);
    }

    #[inline(never)]
    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let mut number = 0;
        for shift in (0..Self::BITS).step_by(7) {
            let byte = from.byte()?;
            number |= Self::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}

impl Part for u32 {
    fn write(&self, to: &mut Writer) {
        u64::from(*self).write(to);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Self::try_from(from.get::<u64>()?).ok()
    }
}

impl Part for bool {
    fn write(&self, to: &mut Writer) {
        u64::from(*self).write(to);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(from.get::<u64>()? != 0)
    }
}

impl Part for String {
    #[inline(never)]
    fn write(&self, to: &mut Writer) {
        (self.len() as u64).write(to);
        to.0.extend(self.as_bytes());
    }

    #[inline(never)]
    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let length = usize::try_from(from.get::<u64>()?).ok()?;
        let (text, rest) = from.0.split_at_checked(length)?;
        from.0 = rest;
        Self::from_utf8(text.to_vec()).ok()
    }
}

impl<T: Part> Part for Vec<T> {
    fn write(&self, to: &mut Writer) {
        (self.len() as u64).write(to);
        for part in self {
            part.write(to);
        }
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let count = usize::try_from(from.get::<u64>()?).ok()?;
        // Each part takes a byte at least, so no count makes this go on for long.
        (0..count.min(from.0.len() + 1))
            .map(|_| from.get())
            .collect()
    }
}

impl<T: Part> Part for Option<T> {
    fn write(&self, to: &mut Writer) {
        self.is_some().write(to);
        if let Some(part) = self {
            part.write(to);
        }
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        match from.get::<bool>()? {
            true => Some(Some(from.get()?)),
            false => Some(None),
        }
    }
}

/// Makes structs parts of messages, field by field; leaving one out does not compile.
macro_rules! parts {
    ($($of:ident { $($field:ident),* $(,)? })*) => { $(
        impl $crate::worker::bytes::Part for $of {
            fn write(&self, to: &mut $crate::worker::bytes::Writer) {
                let Self { $($field),* } = self;
                $(to.put($field);)*
            }

            fn read(from: &mut $crate::worker::bytes::Reader<'_>) -> Option<Self> {
                Some(Self { $($field: from.get()?),* })
            }
        }
    )* };
}

/// Makes an enum without fields a part of messages: its place in a list of all.
macro_rules! places {
    ($of:ident: $($variant:ident),*) => {
        impl $crate::worker::bytes::Part for $of {
            fn write(&self, to: &mut $crate::worker::bytes::Writer) {
                to.put(&(*self as u32));
            }

            fn read(from: &mut $crate::worker::bytes::Reader<'_>) -> Option<Self> {
                [$(Self::$variant),*].get(from.get::<u32>()? as usize).copied()
            }
        }
    };
}

pub(super) use {parts, places};
