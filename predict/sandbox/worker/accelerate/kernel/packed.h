// A model text in little more than half its size: LightGBM's own booster may have to be made of it later, and most of
// its characters are digits. Sixteen characters of which all are among fifteen common ones take eight bytes, others
// sixteen; a bit for each sixteen tells which. Packing runs at the speed of memory.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

class PackedText {
 public:
  PackedText() = default;
  explicit PackedText(std::string_view text);
  void copy(int64_t start, int64_t size, char* to) const;
  int64_t size() const { return size_; }

 private:
  static constexpr int64_t kGroup = 16, kGroups = 64;  // characters of a group, groups of an entry of the index

  struct Index {
    uint64_t packed;  // a bit for each group
    uint64_t start;   // of the first group's bytes
  };

  struct Free {
    void operator()(uint8_t* data) const { std::free(data); }
  };

  void append(std::string_view group, int64_t number);
  void unpack(int64_t group, char* to) const;

  int64_t size_ = 0;
  uint64_t used_ = 0;
  std::vector<Index> index_;
  std::unique_ptr<uint8_t, Free> data_;
};
