// What a model text says, before it is made ready to be walked.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "objective.h"

// Of a node's decision_type: LightGBM's include/LightGBM/tree.h.
enum DecisionBits : int32_t { kCategorical = 1, kDefaultLeft = 2, kMissingShift = 2, kMissingMask = 3 };
enum class Missing : int32_t { kNone = 0, kZero = 1, kNan = 2 };

struct Header {
  int64_t classes = 0;
  int64_t features = 0;
  bool average = false;
  Objective objective;
  std::vector<int64_t> tree_sizes;
  int64_t end = 0;  // where the first tree begins
};

// One tree as its lines have it: node i has its children at left[i] and right[i], leaf j is written ~j there.
struct TreeText {
  int64_t leaves = 0;
  std::vector<int32_t> features, decisions, left, right;
  std::vector<double> thresholds, values;
  std::vector<int32_t> set_bounds;   // of the words of each set of categories
  std::vector<uint32_t> set_words;

  bool categorical(size_t node) const { return (decisions[node] & kCategorical) != 0; }
  bool default_left(size_t node) const { return (decisions[node] & kDefaultLeft) != 0; }
  Missing missing(size_t node) const { return static_cast<Missing>((decisions[node] >> kMissingShift) & kMissingMask); }
};

Header parse_header(std::string_view text);

// Parses what stands between two tree boundaries, to its last character.
void parse_tree(std::string_view text, int64_t number, int64_t features, TreeText& tree);

// Reads only how many leaves it has, so that memory can be reserved.
int64_t peek_leaves(std::string_view text);
