// LightGBM's model text, line by line. Whatever is not written as LightGBM writes it is refused: it parses loosely,
// and what is certain to mean the same to both is what its own writer makes.
#pragma once
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

// Not for us: LightGBM is to predict.
struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

[[noreturn]] void refuse(const char* why);

// A line `key=value`, or `key` alone.
struct Line {
  std::string_view key, value;
};

// Goes through a text. No line may end beyond it.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}
  Line next();
  bool at_empty_line() const { return at_ < text_.size() && text_[at_] == '\n'; }
  void skip_empty_lines();
  int64_t at() const { return static_cast<int64_t>(at_); }
  bool ended() const { return at_ >= text_.size(); }

 private:
  std::string_view text_;
  size_t at_ = 0;
};

// Numbers between single spaces: exactly `count` of them, each as std::from_chars reads it to its last character.
void read_numbers(std::string_view text, size_t count, std::vector<double>& into);
void read_numbers(std::string_view text, size_t count, std::vector<int32_t>& into);
void read_numbers(std::string_view text, size_t count, std::vector<uint32_t>& into);
void read_numbers(std::string_view text, size_t count, std::vector<int64_t>& into);
int64_t read_number(std::string_view text);

// The same shape, looked at without converting: what LightGBM reads and no prediction needs.
void check_numbers(std::string_view text, size_t count);
size_t count_words(std::string_view text);
