//! Test and benchmark libraries that JMake knows: their headers, what to link, and whether they bring a `main`.

use super::Group;
use crate::engine::path::FilePath;

/// A library for tests or benchmarks.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Framework {
    GoogleMock,
    GoogleTest,
    Catch2,
    /// Version 2, a header that brings `main` where a macro asks for it.
    CatchHeader,
    BoostTest,
    GoogleBenchmark,
    CppUnit,
}

impl Framework {
    pub const ALL: [Self; 7] =
        [Self::GoogleMock, Self::GoogleTest, Self::Catch2, Self::CatchHeader, Self::BoostTest, Self::GoogleBenchmark, Self::CppUnit];

    /// Whether the header called `name` is its.
    pub fn owns(self, name: &FilePath) -> bool {
        let name = name.to_string();
        match self {
            Self::GoogleMock => name.starts_with("gmock/"),
            Self::GoogleTest => name.starts_with("gtest/"),
            Self::Catch2 => name.starts_with("catch2/") && name != "catch2/catch.hpp",
            Self::CatchHeader => name == "catch2/catch.hpp" || name.rsplit('/').next() == Some("catch.hpp"),
            Self::BoostTest => name.starts_with("boost/test/") && !name.starts_with("boost/test/included/"),
            Self::GoogleBenchmark => name == "benchmark/benchmark.h",
            Self::CppUnit => name.starts_with("cppunit/"),
        }
    }

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::GoogleMock => "GoogleMock",
            Self::GoogleTest => "GoogleTest",
            Self::Catch2 => "Catch2",
            Self::CatchHeader => "Catch",
            Self::BoostTest => "Boost.Test",
            Self::GoogleBenchmark => "Google Benchmark",
            Self::CppUnit => "CppUnit",
        }
    }

    /// Frameworks that share a `main`.
    pub fn family(self) -> Self {
        if self == Self::GoogleMock { Self::GoogleTest } else { self }
    }

    /// The group of a file that uses it.
    pub fn group(self) -> Group {
        if self == Self::GoogleBenchmark { Group::Benchmark } else { Group::Test }
    }

    /// What a program with a `main` of its own links.
    pub fn libraries(self) -> &'static [&'static str] {
        match self {
            Self::GoogleMock => &["gmock", "gtest", "pthread"],
            Self::GoogleTest => &["gtest", "pthread"],
            Self::Catch2 => &["Catch2"],
            Self::CatchHeader => &[],
            Self::BoostTest => &["boost_unit_test_framework"],
            Self::GoogleBenchmark => &["benchmark", "pthread"],
            Self::CppUnit => &["cppunit"],
        }
    }

    /// The library that brings `main`, if there is one.
    pub fn main_library(self) -> Option<&'static str> {
        match self {
            Self::GoogleMock => Some("gmock_main"),
            Self::GoogleTest => Some("gtest_main"),
            Self::Catch2 => Some("Catch2Main"),
            Self::GoogleBenchmark => Some("benchmark_main"),
            Self::CatchHeader | Self::BoostTest | Self::CppUnit => None,
        }
    }
}

/// What programs with these frameworks link, the one with `main` first if `main` is to come from there.
pub(super) fn libraries(frameworks: &[Framework], with_main: bool) -> Vec<String> {
    let main = frameworks.iter().find_map(|f| f.main_library()).filter(|_| with_main);
    let mut out: Vec<String> = main.map(str::to_owned).into_iter().collect();
    for library in frameworks.iter().flat_map(|f| f.libraries()) {
        if !out.iter().any(|known| known == library) {
            out.push((*library).to_owned());
        }
    }
    // Libraries that others need come last.
    if let Some(at) = out.iter().position(|l| l == "pthread") {
        let last = out.remove(at);
        out.push(last);
    }
    out
}
