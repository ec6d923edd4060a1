#include "text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

void refuse(const char* why) { throw Refused(why); }

Line Lines::next() {
  const char* start = text_.data() + at_;
  const void* end = std::memchr(start, '\n', text_.size() - at_);
  if (end == nullptr) refuse("its text ends in the middle of a line");
  std::string_view line(start, static_cast<const char*>(end) - start);
  at_ += line.size() + 1;
  size_t equals = line.find('=');
  if (equals == std::string_view::npos) return {line, {}};
  return {line.substr(0, equals), line.substr(equals + 1)};
}

void Lines::skip_empty_lines() {
  while (at_empty_line()) ++at_;
}

namespace {

// std::from_chars is exact, as is what LightGBM reads numbers with; where the two could differ, it fails or is refused.
template <class Number>
const char* read_one(const char* at, const char* end, Number& number) {
  auto [rest, error] = std::from_chars(at, end, number);
  if (error != std::errc()) refuse("a number in its text cannot be read");
  if constexpr (std::is_same_v<Number, double>) {
    if (std::isnan(number)) refuse("a number in its text is NaN");
  }
  return rest;
}

template <class Number>
void read_all(std::string_view text, size_t count, std::vector<Number>& into) {
  if (count > text.size() + 1) refuse("a list in its text has too few numbers");
  into.resize(count);
  const char* at = text.data();
  const char* end = at + text.size();
  for (size_t i = 0; i < count; ++i) {
    if (i > 0 && (at == end || *at++ != ' ')) refuse("a list in its text has too few numbers");
    at = read_one(at, end, into[i]);
  }
  if (at != end) refuse("a list in its text has too many numbers");
}

constexpr std::array<bool, 256> make_numeric() {
  std::array<bool, 256> known{};
  for (char c : {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.', 'e', '+', '-', ' '}) known[static_cast<uint8_t>(c)] = true;
  return known;
}

constexpr std::array<bool, 256> kNumeric = make_numeric();

}  // namespace

void read_numbers(std::string_view text, size_t count, std::vector<double>& into) { read_all(text, count, into); }
void read_numbers(std::string_view text, size_t count, std::vector<int32_t>& into) { read_all(text, count, into); }
void read_numbers(std::string_view text, size_t count, std::vector<uint32_t>& into) { read_all(text, count, into); }
void read_numbers(std::string_view text, size_t count, std::vector<int64_t>& into) { read_all(text, count, into); }

int64_t read_number(std::string_view text) {
  int64_t number = 0;
  if (read_one(text.data(), text.data() + text.size(), number) != text.data() + text.size()) {
    refuse("a number in its text has something behind it");
  }
  return number;
}

void check_numbers(std::string_view text, size_t count) {
  bool strange = false;
  for (char c : text) strange |= !kNumeric[static_cast<uint8_t>(c)];
  if (strange) refuse("a list in its text has something else than numbers");
  if (count_words(text) != count) refuse("a list in its text has another number of numbers");
}

size_t count_words(std::string_view text) {
  if (text.empty()) return 0;
  size_t spaces = 0;
  for (char c : text) spaces += c == ' ';
  return spaces + 1;
}
