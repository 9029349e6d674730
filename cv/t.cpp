// Some of all that can get into an object!
#include "b.h"
#define TWICE(x) ((x) /*twice*/  + (x))
#define NAMED(x) { #x, x } // name and value

// A class
// that has a virtual function.
//
struct Base {
  virtual ~Base() = default;
  virtual int get(int             ) const { return 1; }
}; // Base

namespace { int hidden = TWICE(4); /*unseen*/   }

struct Name { const char *text; int value; }; // a row
Name names[] = { NAMED(/*bc*/  1 + 2), NAMED(3) };

template <class T> struct Derived final : Base {
  T value;
  Derived(T v) : value(v) {} // not explicit
  int get(int by) const override { /*there*/  return by + (int)value; }
};

__attribute__((noinline)) static int sum(const int *at, int n) {
  int all = 0; // so far
  for (int i = 0; i < n; ++i)           all += at[i] / (i + 1);
  return all;
}

float scaled(float x, float y) { return x * y +                y / 3.0f; } // twice

extern "C" int entry(int n, const int *at) {
  static Base *last = nullptr;
  Derived<double> one(n); Derived<int> two(          2); // one, two
  char buffer[64];
  for (char &c : buffer) c = static_cast<char>(n + __LINE__); // a line
  auto f = [&](int k) {              return k + buffer[k & 63] + __builtin_COLUMN(); };
  last = &two;
  const Base *bases[] = { &one, last }; // both
  int all = hidden++;
  for (auto *base : bases) all += base->get(f(n));
  return all + sum(at, n) + (n << 3) + names[n & 1].value; // a sum
}

