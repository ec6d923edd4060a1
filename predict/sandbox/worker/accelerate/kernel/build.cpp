#include <algorithm>
#include <cstring>
#include <limits>

#include "lanes.h"
#include "text.h"
#include "trees.h"

namespace {

constexpr int64_t kMostBlockLeaves = 256;
constexpr size_t kMostRanks = 65'535;
constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();

Missed missed_of(const TreeText& tree, size_t node) {
  if (tree.categorical(node)) return Missed::kCategories;
  switch (tree.missing(node)) {
    case Missing::kZero:
      return tree.default_left(node) ? Missed::kZeroLeft : Missed::kZeroRight;
    case Missing::kNan:
      return tree.default_left(node) ? Missed::kNanLeft : Missed::kNanRight;
    default:
      return Missed::kNever;
  }
}

// Which (column, threshold) pairs there are: a hash table with open addressing.
class Thresholds {
 public:
  struct Entry {
    double threshold;
    uint32_t column, rank;
  };

  uint32_t number(uint32_t column, double threshold) {
    if (2 * (entries_.size() + 1) > places_.size()) grow();
    uint32_t& place = find(column, threshold);
    if (place == kNone) {
      place = static_cast<uint32_t>(entries_.size());
      entries_.push_back({threshold, column, 0});
    }
    return place;
  }

  std::vector<Entry>& entries() { return entries_; }

 private:
  uint32_t& find(uint32_t column, double threshold) {
    uint64_t bits;
    std::memcpy(&bits, &threshold, sizeof bits);
    uint64_t hash = (bits ^ column * 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;
    for (uint64_t at = hash >> shift_;; at = (at + 1) & (places_.size() - 1)) {
      uint32_t& place = places_[at];
      if (place == kNone || (entries_[place].column == column && same(entries_[place].threshold, bits))) return place;
    }
  }

  static bool same(double threshold, uint64_t bits) {
    uint64_t other;
    std::memcpy(&other, &threshold, sizeof other);
    return other == bits;
  }

  void grow() {
    --shift_;
    places_.assign(places_.size() * 2, kNone);
    for (uint32_t i = 0; i < entries_.size(); ++i) find(entries_[i].column, entries_[i].threshold) = i;
  }

  std::vector<Entry> entries_;
  std::vector<uint32_t> places_ = std::vector<uint32_t>(1 << 10, kNone);
  int shift_ = 64 - 10;
};

// Parents before children, from left to right; refuses what is no tree.
class Shape {
 public:
  struct Visit {
    int32_t node;
    uint32_t first, right;  // leaves: the first below it, the first below its right child
  };

  void follow(const TreeText& tree) {
    size_t nodes = tree.features.size();
    order_.clear();
    leaves_.clear();
    stack_.assign(1, nodes > 0 ? 0 : ~0);
    while (!stack_.empty()) {
      int32_t at = stack_.back();
      stack_.pop_back();
      if (at < 0) {
        add_leaf(tree, ~at);
        continue;
      }
      if (static_cast<size_t>(at) >= nodes || order_.size() == nodes) refuse("a tree has a branch that leads nowhere");
      order_.push_back({at, static_cast<uint32_t>(leaves_.size()), 0});
      stack_.push_back(tree.right[at]);
      stack_.push_back(tree.left[at]);
    }
    if (leaves_.size() != tree.values.size() || order_.size() != nodes) refuse("a tree has leaves that nothing leads to");
    if (!each_once(tree)) refuse("a tree has a leaf that two branches lead to");
    count_rights(tree);
  }

  const std::vector<Visit>& order() const { return order_; }
  const std::vector<int32_t>& leaves() const { return leaves_; }

 private:
  void add_leaf(const TreeText& tree, int32_t leaf) {
    if (static_cast<size_t>(leaf) >= tree.values.size() || leaves_.size() == tree.values.size()) {
      refuse("a tree has a branch that leads nowhere");
    }
    leaves_.push_back(leaf);
  }

  bool each_once(const TreeText& tree) {
    seen_.assign(tree.values.size() + tree.features.size(), 0);
    bool once = true;
    for (int32_t leaf : leaves_) once &= !seen_[leaf]++;
    for (const Visit& visit : order_) once &= !seen_[tree.values.size() + visit.node]++;
    return once;
  }

  // From the last to the first, so that children are counted before their parents.
  void count_rights(const TreeText& tree) {
    counts_.assign(tree.features.size(), 0);
    auto below = [this](int32_t child) { return child < 0 ? 1u : counts_[child]; };
    for (size_t i = order_.size(); i-- > 0;) {
      Visit& visit = order_[i];
      uint32_t left = below(tree.left[visit.node]);
      counts_[visit.node] = left + below(tree.right[visit.node]);
      visit.right = visit.first + left;
    }
  }

  std::vector<Visit> order_;
  std::vector<int32_t> leaves_, stack_;
  std::vector<uint32_t> counts_;
  std::vector<uint8_t> seen_;
};

}  // namespace

struct Builder::State {
  Trees built;
  Thresholds thresholds;
  Shape shape;
  std::vector<uint32_t> columns;  // by feature and kind
  std::vector<uint32_t> slots;    // of the thresholds of nodes
  std::vector<uint32_t> walk_slots;
  std::vector<Column> found;

  uint32_t column(const TreeText& tree, int32_t node, uint32_t Column::*used) {
    auto feature = static_cast<uint32_t>(tree.features[node]);
    Missed missed = missed_of(tree, node);
    uint32_t& known = columns[feature * kMissedKinds + static_cast<uint32_t>(missed)];
    if (known == kNone) {
      known = static_cast<uint32_t>(found.size());
      found.push_back({feature, missed, kNowhere, kNowhere, 0, 0});
    }
    found[known].*used = 0;  // placed later
    return known;
  }

  void add_block(const TreeText& tree) {
    for (const Shape::Visit& visit : shape.order()) {
      uint32_t number = column(tree, visit.node, &Column::plane);
      slots.push_back(thresholds.number(number, tree.thresholds[visit.node]));
      built.nodes.push_back({number, 0, static_cast<uint8_t>(visit.first), static_cast<uint8_t>(visit.right)});
    }
    for (int32_t leaf : shape.leaves()) built.leaves.push_back(tree.values[leaf]);
  }

  void add_walked(const TreeText& tree) {
    for (size_t i = 0; i < tree.features.size(); ++i) {
      uint32_t number = column(tree, static_cast<int32_t>(i), &Column::cells);
      bool in_set = tree.categorical(i);
      walk_slots.push_back(in_set ? kNone : thresholds.number(number, tree.thresholds[i]));
      built.walk_nodes.push_back({number | (in_set ? kInSet : 0), in_set ? add_set(tree, i) : 0, tree.left[i], tree.right[i]});
    }
    built.leaves.insert(built.leaves.end(), tree.values.begin(), tree.values.end());
  }

  uint32_t add_set(const TreeText& tree, size_t node) {
    auto set = static_cast<size_t>(tree.thresholds[node]);
    auto first = tree.set_words.begin() + tree.set_bounds[set], last = tree.set_words.begin() + tree.set_bounds[set + 1];
    if (last - first > kNoCategory / 32 || built.sets.size() > kNone / 2) refuse("it has too many categories");
    auto start = static_cast<uint32_t>(built.sets.size());
    built.sets.push_back(static_cast<uint32_t>(last - first));
    built.sets.insert(built.sets.end(), first, last);
    return start;
  }

  // Sorted, each column knows its thresholds and each threshold its rank.
  void rank() {
    auto& entries = thresholds.entries();
    std::vector<uint32_t> sorted(entries.size());
    for (uint32_t i = 0; i < sorted.size(); ++i) sorted[i] = i;
    std::sort(sorted.begin(), sorted.end(), [&](uint32_t a, uint32_t b) {
      return entries[a].column != entries[b].column ? entries[a].column < entries[b].column : entries[a].threshold < entries[b].threshold;
    });
    built.thresholds.reserve(sorted.size());
    for (uint32_t i : sorted) {
      Column& column = found[entries[i].column];
      if (column.count == 0) column.first = built.thresholds.size();
      entries[i].rank = column.count++;
      built.thresholds.push_back(entries[i].threshold);
    }
    for (const Column& column : found) {
      if (column.count > kMostRanks) refuse("a feature has too many thresholds");
    }
  }

  void place_columns() {
    std::vector<uint32_t> sorted(found.size());
    for (uint32_t i = 0; i < sorted.size(); ++i) sorted[i] = i;
    std::sort(sorted.begin(), sorted.end(), [&](uint32_t a, uint32_t b) { return found[a].feature < found[b].feature; });
    for (uint32_t i : sorted) {
      Column& column = found[i];
      bool wide = column.count > 255;
      if (column.plane != kNowhere) {
        column.plane = built.planes | (wide ? kWide : 0);
        built.planes += wide ? 2 : 1;
      }
      if (column.cells != kNowhere) column.cells = built.cells++;
      built.columns.push_back(column);
    }
  }

  void place_nodes() {
    auto& entries = thresholds.entries();
    for (size_t i = 0; i < built.nodes.size(); ++i) {
      BlockNode& node = built.nodes[i];
      node.plane = found[node.plane].plane;
      node.rank = static_cast<uint16_t>(entries[slots[i]].rank);
    }
    for (size_t i = 0; i < built.walk_nodes.size(); ++i) {
      WalkNode& node = built.walk_nodes[i];
      node.cells = found[node.cells & ~kInSet].cells | (node.cells & kInSet);
      if (walk_slots[i] != kNone) node.limit = entries[walk_slots[i]].rank;
    }
  }
};

Builder::Builder(int64_t features, int64_t trees, int64_t leaves) : state_(new State) {
  state_->columns.assign(static_cast<size_t>(features * kMissedKinds), kNone);
  state_->built.trees.reserve(static_cast<size_t>(trees));
  state_->built.leaves.reserve(static_cast<size_t>(leaves + kLeafPadding));
  state_->built.nodes.reserve(static_cast<size_t>(leaves - trees));
  state_->slots.reserve(static_cast<size_t>(leaves - trees));
}

Builder::~Builder() = default;

void Builder::add(const TreeText& tree) {
  Trees& built = state_->built;
  state_->shape.follow(tree);
  bool walked = tree.leaves > kMostBlockLeaves;
  for (size_t node = 0; node < tree.features.size(); ++node) walked |= tree.categorical(node);
  uint64_t first = walked ? built.walk_nodes.size() : built.nodes.size();
  built.trees.push_back({first, built.leaves.size(), static_cast<uint32_t>(tree.leaves), walked});
  if (walked) state_->add_walked(tree);
  else state_->add_block(tree);
}

Trees Builder::finish() {
  state_->rank();
  state_->place_columns();
  state_->place_nodes();
  state_->built.leaves.resize(state_->built.leaves.size() + kLeafPadding);
  return std::move(state_->built);
}
