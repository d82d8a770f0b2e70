//! A map of a data file in the order of the file, in which no name may stand twice.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

/// The pairs of a map, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::suite) struct Ordered<T>(pub(in crate::suite) Vec<(String, T)>);

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Ordered(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Pairs<T> {
            type Value = Ordered<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs: Vec<(String, T)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, T>()? {
                    if pairs.iter().any(|(earlier, _)| *earlier == name) {
                        return Err(A::Error::custom(format!("`{name}` stands twice")));
                    }
                    pairs.push((name, value));
                }
                Ok(Ordered(pairs))
            }
        }
        deserializer.deserialize_map(Pairs(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_file_is_kept_and_a_name_stands_once() {
        let read = |json| serde_json::from_str::<Ordered<u8>>(json);
        let pairs = read(r#"{"b": 1, "a": 2}"#).unwrap().0;
        assert_eq!(pairs, [("b".to_owned(), 1), ("a".to_owned(), 2)]);
        assert!(read(r#"{"b": 1, "b": 2}"#).unwrap_err().to_string().contains("`b` stands twice"));
        assert!(read("[1]").unwrap_err().to_string().contains("expected an object"));
    }
}
