//! The words of a judgement as the data files spell them.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::judgement::{Decision, Duty, Level, Permitted, RequirementId, Role};

impl Serialize for RequirementId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Reads a word of a closed list by its spelling.
fn word<'de, D: Deserializer<'de>, T: Copy>(
    deserializer: D,
    all: &[T],
    spelling: impl Fn(T) -> &'static str,
) -> Result<T, D::Error> {
    let found = String::deserialize(deserializer)?;
    all.iter().copied().find(|&word| spelling(word) == found).ok_or_else(|| {
        let known: Vec<_> = all.iter().map(|&word| spelling(word)).collect();
        D::Error::custom(format!("unknown word `{found}`, expected one of {}", known.join(", ")))
    })
}

macro_rules! words {
    ($($name:ident: $($word:ident)*;)*) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                word(deserializer, &[$($name::$word),*], $name::as_str)
            }
        }
    )*};
}
words! {
    Decision: Accept Reject;
    Duty: ClientSends ClientVerifies ServerVerifies ServerSends Intermediary Browser;
    Level: Must MustNot Should ShouldNot May Info;
    Permitted: MustAccept MustReject Either;
    Role: Server Client;
}

/// An object, and no array of its members in their order, which would do as well otherwise.
pub(in crate::suite) struct Object<T>(pub(in crate::suite) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }
        deserializer.deserialize_map(Members(PhantomData))
    }
}

/// Reads a member that is an object, and may be absent but not null.
pub(in crate::suite) fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Object::deserialize(deserializer).map(|Object(members)| Some(members))
}

/// Reads a member that may be absent but not null, unless `T` has a null of its own.
pub(in crate::suite) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
