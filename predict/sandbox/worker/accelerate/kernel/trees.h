// A forest that is ready to be walked, in one of two forms for each tree.
//
// Blocks. A threshold only matters by its rank among the thresholds of its feature: x <= t[k] holds exactly when fewer
// than k + 1 of the sorted thresholds are below x. So each value of a block of rows is turned into its rank once, one
// byte for most features (two where there are more than 255 thresholds), and a node compares bytes: 64 rows in one
// instruction of AVX-512. What LightGBM does with missing values depends on a node's missing type and default
// direction; a feature has a column of ranks for each combination that occurs, in which missing values have the rank 0
// (always left) or the highest (always right). No node needs to know.
//
// A tree is not walked: every row meets every node. With leaves numbered from left to right, `leaf` holds for each row
// the leftmost leaf of the subtree that it has reached, 0 at first. Parents come before their children, and a node is
// {first leaf of its subtree, first leaf of its right subtree}: where leaf == first and rank > k, leaf becomes the
// latter. A row that is not in this subtree has another leaf, so two comparisons tell all. 30 nodes of 8 bytes for 64
// rows take fewer instructions than one row takes to walk from the root to a leaf, and nothing is ever mispredicted.
// The idea of reading nodes in any order and finding the leaf afterwards is QuickScorer's (Lucchese et al., SIGIR 2015);
// it keeps bit sets of leaves where a byte does here.
//
// Walked. Trees of more than 256 leaves, or with categories: node by node, with ranks of two bytes, eight rows at a time
// so that they wait for memory together, and without a branch that depends on the data: those are mispredicted half of
// the time, which is what LightGBM's own walk mostly does.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "parse.h"

constexpr double kZeroThreshold = 1e-35f;  // LightGBM's meta.h: what is not above it is zero
constexpr int64_t kLanes = 64;             // rows that are looked at together
constexpr uint32_t kWide = 1u << 31;       // a column of two bytes: its high bytes are the plane after
constexpr uint32_t kInSet = 1u << 31;

// `plane` counts planes: one byte for each row of a block.
struct BlockNode {
  uint32_t plane;
  uint16_t rank;
  uint8_t first, right;
};

// `cells` counts columns of two bytes for each row of a block. Rows whose rank is above `limit` go right; with kInSet
// those whose category is not in the set that begins there: its number of words, then its words.
struct WalkNode {
  uint32_t cells, limit;
  int32_t left, right;
};

struct Tree {
  uint64_t node, leaf;  // its first ones
  uint32_t leaves;
  bool walked;
};

enum class Missed { kNever, kZeroLeft, kZeroRight, kNanLeft, kNanRight, kCategories };
constexpr uint32_t kMissedKinds = 6;
constexpr uint16_t kNoCategory = 65'535;  // of no set

// Ranks of one feature: thresholds[first], …, thresholds[first + count - 1] are sorted and different. Or its categories.
struct Column {
  uint32_t feature;
  Missed missed;
  uint32_t plane;  // with kWide; kNowhere: no tree asks for it
  uint32_t cells;  // or kNowhere
  uint32_t count;
  uint64_t first;
};
constexpr uint32_t kNowhere = ~0u;

struct Trees {
  std::vector<Tree> trees;
  std::vector<BlockNode> nodes;
  std::vector<WalkNode> walk_nodes;
  std::vector<double> leaves;
  std::vector<Column> columns;  // sorted by feature
  std::vector<double> thresholds;
  std::vector<uint32_t> sets;
  uint32_t planes = 0, cells = 0;
};

// Takes trees one by one, then finds the ranks.
class Builder {
 public:
  Builder(int64_t features, int64_t trees, int64_t leaves);
  ~Builder();
  void add(const TreeText& tree);
  Trees finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};
