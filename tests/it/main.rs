//! The integration tests: the real binaries, a real compiler, a home and a daemon per test. `support` gives each its space.
