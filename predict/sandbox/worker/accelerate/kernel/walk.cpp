#include "walk.h"

namespace {

constexpr int64_t kAtOnce = 8;

// Whether a category is in a node's set: LightGBM's CategoricalDecision and FindInBitset. What is no category of any
// set, NaN too, is not in it.
bool in_set(const Trees& trees, const Tree& tree, const WalkNode& node, double value) {
  if (!(value > -1.0 && value < 2147483648.0)) return false;
  uint64_t category = static_cast<uint64_t>(static_cast<int32_t>(value));
  uint64_t bounds = tree.set + static_cast<uint64_t>(node.threshold);
  uint64_t first = trees.set_bounds[bounds], word = first + category / 32;
  return word < trees.set_bounds[bounds + 1] && (trees.set_words[word] >> (category % 32) & 1);
}

// LightGBM's NumericalDecision.
bool goes_left(const Trees& trees, const Tree& tree, const WalkNode& node, double value) {
  if (node.decision & kCategorical) return in_set(trees, tree, node, value);
  auto missing = static_cast<Missing>((node.decision >> kMissingShift) & kMissingMask);
  if (std::isnan(value) && missing != Missing::kNan) value = 0.0;
  bool is_missing = missing == Missing::kNan ? std::isnan(value) : missing == Missing::kZero && value == 0.0;
  return is_missing ? (node.decision & kDefaultLeft) != 0 : value <= node.threshold;
}

}  // namespace

void walk_tree(const Trees& trees, const Tree& tree, const Data& data, int64_t start, int64_t rows, double* sums) {
  const WalkNode* nodes = trees.walk_nodes.data() + tree.node;
  const double* leaves = trees.leaves.data() + tree.leaf;
  for (int64_t row = 0; row < rows; row += kAtOnce) {
    int64_t some = rows - row < kAtOnce ? rows - row : kAtOnce;
    int32_t at[kAtOnce];
    for (int64_t i = 0; i < some; ++i) at[i] = tree.leaves > 1 ? 0 : ~0;
    for (bool walking = tree.leaves > 1; walking;) {
      walking = false;
      for (int64_t i = 0; i < some; ++i) {
        if (at[i] < 0) continue;
        const WalkNode& node = nodes[at[i]];
        at[i] = goes_left(trees, tree, node, data.at(start + row + i, node.feature)) ? node.left : node.right;
        walking |= at[i] >= 0;
      }
    }
    for (int64_t i = 0; i < some; ++i) sums[row + i] += leaves[~at[i]];
  }
}
