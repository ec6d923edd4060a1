#include "packed.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace {

constexpr char kCommon[] = "0123456789. -e\n";
constexpr uint8_t kUncommon = 15;

typedef uint8_t Chars __attribute__((vector_size(16)));
typedef uint16_t Pairs __attribute__((vector_size(16)));
typedef uint8_t Half __attribute__((vector_size(8)));

// The number of each character among the common ones.
Chars codes_of(Chars chars) {
  Chars digits = chars - '0';
  Chars codes = reinterpret_cast<Chars>(digits > 9) & kUncommon;
  codes |= ~reinterpret_cast<Chars>(digits > 9) & digits;
  for (uint8_t code = 10; code < kUncommon; ++code) {
    Chars same = reinterpret_cast<Chars>(chars == static_cast<uint8_t>(kCommon[code]));
    codes = (same & code) | (~same & codes);
  }
  return codes;
}

bool all_common(Chars codes) {
  Chars uncommon = reinterpret_cast<Chars>(codes == kUncommon);
  uint64_t halves[2];
  std::memcpy(halves, &uncommon, sizeof halves);
  return (halves[0] | halves[1]) == 0;
}

Half in_pairs(Chars codes) {
  Pairs pairs;
  std::memcpy(&pairs, &codes, sizeof pairs);
  return __builtin_convertvector((pairs | pairs >> 4) & 255, Half);
}

}  // namespace

PackedText::PackedText(std::string_view text) : size_(static_cast<int64_t>(text.size())) {
  int64_t groups = (size_ + kGroup - 1) / kGroup;
  index_.reserve(static_cast<size_t>((groups + kGroups - 1) / kGroups));
  data_.reset(static_cast<uint8_t*>(std::malloc(static_cast<size_t>(groups * kGroup))));
  if (!data_) throw std::bad_alloc();
  for (int64_t group = 0; group < groups; ++group) append(text.substr(static_cast<size_t>(group * kGroup), kGroup), group);
  if (void* smaller = std::realloc(data_.get(), used_)) {  // what was not written to was never there
    data_.release();
    data_.reset(static_cast<uint8_t*>(smaller));
  }
}

void PackedText::append(std::string_view group, int64_t number) {
  if (number % kGroups == 0) index_.push_back({0, used_});
  Chars chars{};
  if (group.size() == kGroup) std::memcpy(&chars, group.data(), kGroup);
  else std::memcpy(&chars, group.data(), group.size());
  Chars codes = codes_of(chars);
  if (group.size() == kGroup && all_common(codes)) {
    Half pairs = in_pairs(codes);
    index_.back().packed |= uint64_t{1} << (number % kGroups);
    std::memcpy(data_.get() + used_, &pairs, sizeof pairs);
    used_ += sizeof pairs;
  } else {
    std::memcpy(data_.get() + used_, &chars, sizeof chars);
    used_ += sizeof chars;
  }
}

void PackedText::unpack(int64_t group, char* to) const {
  const Index& index = index_[static_cast<size_t>(group / kGroups)];
  int64_t before = group % kGroups;
  auto packed = __builtin_popcountll(index.packed & ((uint64_t{1} << before) - 1));
  const uint8_t* from = data_.get() + index.start + static_cast<uint64_t>(before * kGroup - packed * (kGroup / 2));
  if (!(index.packed >> before & 1)) {
    std::memcpy(to, from, kGroup);
    return;
  }
  for (int64_t i = 0; i < kGroup / 2; ++i) {
    to[2 * i] = kCommon[from[i] & 15];
    to[2 * i + 1] = kCommon[from[i] >> 4];
  }
}

void PackedText::copy(int64_t start, int64_t size, char* to) const {
  char chars[kGroup];
  for (int64_t at = start, end = start + size; at < end;) {
    unpack(at / kGroup, chars);
    int64_t skipped = at % kGroup, some = std::min(kGroup - skipped, end - at);
    std::memcpy(to, chars + skipped, static_cast<size_t>(some));
    at += some;
    to += some;
  }
}
