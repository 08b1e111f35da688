//! Numbers that look random and follow from a seed.

/// SplitMix64 (Steele, Lea, Flood 2014): a dozen operations, and the same sequence everywhere and forever, which a run
/// that is to be repeated needs and a library's generator does not promise.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below a limit.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        assert!(limit > 0, "nothing is below 0");
        usize::try_from(self.next() % limit as u64).expect("it is below a usize")
    }

    /// Whether the one case of so many has come.
    pub(crate) fn one_in(&mut self, cases: usize) -> bool {
        self.below(cases) == 0
    }

    /// One of several, or nothing of none.
    pub(crate) fn one_of<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        if items.is_empty() { None } else { Some(&items[self.below(items.len())]) }
    }

    /// So many bytes, as hexadecimal digits.
    pub(super) fn bytes(&mut self, length: usize) -> String {
        (0..length).map(|_| format!("{:02x}", self.below(256))).collect()
    }

    /// An id that no row has.
    pub(super) fn id(&mut self) -> String {
        let [high, low] = [self.next(), self.next()];
        uuid::Uuid::from_u64_pair(high, low).to_string()
    }
}

#[test]
fn a_seed_gives_the_numbers_that_the_algorithm_is_published_with() {
    let mut random = Random::new(1_234_567);
    assert_eq!([random.next(), random.next()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
}
