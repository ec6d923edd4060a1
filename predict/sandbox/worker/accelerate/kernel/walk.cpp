#include "walk.h"

namespace {

// Whether a category is not in a node's set: LightGBM's FindInBitset. Without a branch: the first word stands in for
// one that is not there, and is not looked at.
bool outside(const uint32_t* set, uint32_t category) {
  uint32_t word = category / 32;
  bool there = word < set[0];
  return !(there & (set[1 + (there ? word : 0)] >> (category % 32)));
}

template <bool kSets>
int32_t step(const Trees& trees, const WalkNode& node, const uint16_t* cells, int64_t width) {
  uint32_t cell = cells[static_cast<int64_t>(node.cells & ~kInSet) * width];
  bool right = cell > node.limit;
  if (kSets && (node.cells & kInSet)) right = outside(trees.sets.data() + node.limit, cell);
  const int32_t children[] = {node.left, node.right};
  return children[right];
}

// `kAtOnce` rows wait for memory together; for a row alone the others would be walked in vain.
template <bool kSets, int64_t kAtOnce>
void walk(const Trees& trees, const Tree& tree, const uint16_t* cells, int64_t width, int64_t rows, double* sums) {
  const WalkNode* nodes = trees.walk_nodes.data() + tree.node;
  const double* leaves = trees.leaves.data() + tree.leaf;
  for (int64_t row = 0; row < rows; row += kAtOnce) {
    int32_t at[kAtOnce] = {};
    for (bool walking = true; walking;) {
      walking = false;
      for (int64_t i = 0; i < kAtOnce; ++i) {
        int32_t next = step<kSets>(trees, nodes[at[i] < 0 ? 0 : at[i]], cells + row + i, width);
        at[i] = at[i] < 0 ? at[i] : next;
        walking |= at[i] >= 0;
      }
    }
    for (int64_t i = 0; i < kAtOnce; ++i) sums[row + i] += leaves[~at[i]];
  }
}

}  // namespace

void walk_tree(const Trees& trees, const Tree& tree, const uint16_t* cells, int64_t width, int64_t rows, double* sums) {
  bool few = rows % 8 != 0;
  if (trees.sets.empty()) (few ? walk<false, 1> : walk<false, 8>)(trees, tree, cells, width, rows, sums);
  else (few ? walk<true, 1> : walk<true, 8>)(trees, tree, cells, width, rows, sums);
}
