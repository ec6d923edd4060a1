#include "parse.h"

#include <algorithm>
#include <string>

#include "text.h"

namespace {

constexpr int64_t kMostClasses = 10'000;
constexpr int64_t kMostFeatures = 1'000'000;
constexpr int64_t kMostLeaves = 1 << 24;
constexpr size_t kSizeOfTreeStart = 64;  // "Tree=" and its number, "num_leaves=" and its: more is not one

// The keys of a tree, in the order in which LightGBM writes them; a text has each at most once.
enum Key : unsigned {
  kNumLeaves, kNumCat, kSplitFeature, kSplitGain, kThreshold, kDecisionType, kLeftChild, kRightChild, kLeafValue,
  kLeafWeight, kLeafCount, kInternalValue, kInternalWeight, kInternalCount, kCatBoundaries, kCatThreshold, kIsLinear,
  kShrinkage, kKeys
};
constexpr std::string_view kNames[kKeys] = {
    "num_leaves", "num_cat", "split_feature", "split_gain", "threshold", "decision_type", "left_child", "right_child", "leaf_value",
    "leaf_weight", "leaf_count", "internal_value", "internal_weight", "internal_count", "cat_boundaries", "cat_threshold", "is_linear",
    "shrinkage"};
constexpr unsigned kNeeded = 1u << kNumLeaves | 1u << kNumCat | 1u << kSplitFeature | 1u << kThreshold | 1u << kDecisionType |
                             1u << kLeftChild | 1u << kRightChild | 1u << kLeafValue | 1u << kShrinkage;

std::string_view take_value(std::string_view text, std::string_view key, size_t& at) {
  if (text.substr(at, key.size()) != key || text.substr(at + key.size(), 1) != "=") refuse("a tree does not start as one");
  size_t start = at + key.size() + 1;
  size_t end = text.find('\n', start);
  if (end == std::string_view::npos) refuse("its text ends in the middle of a line");
  at = end + 1;
  return text.substr(start, end - start);
}

int64_t within(int64_t number, int64_t least, int64_t most, const char* why) {
  if (number < least || number > most) refuse(why);
  return number;
}

unsigned key_of(std::string_view name, unsigned expected) {
  for (unsigned i = 0; i < kKeys; ++i) {  // nearly always the next one
    unsigned key = (expected + i) % kKeys;
    if (kNames[key] == name) return key;
  }
  if (name.substr(0, 5) == "leaf_" || name == "num_features") refuse("it has linear trees");
  refuse("a tree has a line that is not known");
}

// The values of a tree's lines.
struct Values {
  std::string_view of[kKeys];
  unsigned known = 0;

  void read(Lines& lines) {
    unsigned expected = 0;
    while (!lines.at_empty_line()) {
      if (lines.ended()) refuse("its text ends in the middle of a tree");
      Line line = lines.next();
      unsigned key = key_of(line.key, expected);
      if (known & 1u << key) refuse("a tree has a line twice");
      known |= 1u << key;
      of[key] = line.value;
      expected = key + 1;
    }
    if ((known & kNeeded) != kNeeded) refuse("a tree lacks a line");
  }

  void check(Key key, size_t count) const {
    if (known & 1u << key) check_numbers(of[key], count);
  }
};

void read_sets(const Values& values, int64_t sets, TreeText& tree) {
  tree.set_bounds.clear();
  tree.set_words.clear();
  if (sets == 0) return;
  read_numbers(values.of[kCatBoundaries], static_cast<size_t>(sets) + 1, tree.set_bounds);
  int32_t last = 0;
  if (tree.set_bounds[0] != 0) refuse("the categories of a tree do not fit");
  for (int32_t bound : tree.set_bounds) {
    if (bound < last) refuse("the categories of a tree do not fit");
    last = bound;
  }
  read_numbers(values.of[kCatThreshold], static_cast<size_t>(last), tree.set_words);
}

void check_nodes(const TreeText& tree, int64_t features, int64_t sets) {
  for (size_t node = 0; node < tree.features.size(); ++node) {
    within(tree.features[node], 0, features - 1, "a tree splits a feature that it does not have");
    within(tree.decisions[node], 0, 15, "a tree decides in a way that is not known");
    within(static_cast<int64_t>(tree.missing(node)), 0, 2, "a tree decides in a way that is not known");
    if (!tree.categorical(node)) continue;
    double set = tree.thresholds[node];
    if (!(set >= 0 && set < static_cast<double>(sets)) || set != static_cast<double>(static_cast<int64_t>(set))) {
      refuse("the categories of a tree do not fit");
    }
  }
}

// What LightGBM reads too, and what predicts nothing.
void check_rest(const Values& values, size_t nodes, size_t leaves) {
  for (Key key : {kSplitGain, kInternalValue, kInternalWeight, kInternalCount}) values.check(key, nodes);
  for (Key key : {kLeafWeight, kLeafCount}) values.check(key, leaves);
}

bool is_plain(std::string_view version) { return version == "v3" || version == "v4"; }

}  // namespace

Header parse_header(std::string_view text) {
  Lines lines(text);
  Header header;
  std::string_view names, infos, version;
  int64_t trees_in_iteration = 0, label = -1;
  bool sizes = false;
  std::vector<std::string_view> known;
  if (lines.next().key != "tree") refuse("it is no model text of LightGBM");
  while (!lines.at_empty_line()) {
    if (lines.ended()) refuse("its text ends in its header");
    Line line = lines.next();
    if (std::find(known.begin(), known.end(), line.key) != known.end()) refuse("its header has a line twice");
    known.push_back(line.key);
    if (line.key == "version") version = line.value;
    else if (line.key == "num_class") header.classes = within(read_number(line.value), 1, kMostClasses, "it has too many classes");
    else if (line.key == "num_tree_per_iteration") trees_in_iteration = read_number(line.value);
    else if (line.key == "label_index") label = read_number(line.value);
    else if (line.key == "max_feature_idx") header.features = 1 + within(read_number(line.value), 0, kMostFeatures - 1, "it has too many features");
    else if (line.key == "objective") header.objective = Objective::parse(line.value, header.classes);
    else if (line.key == "average_output") header.average = true;
    else if (line.key == "feature_names") names = line.value;
    else if (line.key == "feature_infos") infos = line.value;
    else if (line.key == "monotone_constraints") continue;
    else if (line.key == "tree_sizes") sizes = true, read_numbers(line.value, count_words(line.value), header.tree_sizes);
    else refuse("its header has a line that is not known");
  }
  if (!is_plain(version)) refuse("its version of the text is not known");
  if (header.classes != trees_in_iteration) refuse("it has another number of classes than of trees in an iteration");
  if (label < 0 || header.features == 0 || !sizes) refuse("its header lacks a line");
  auto features = static_cast<size_t>(header.features);
  if (count_words(names) != features || count_words(infos) != features) refuse("its header has another number of features");
  lines.skip_empty_lines();
  header.end = lines.at();
  return header;
}

int64_t peek_leaves(std::string_view text) {
  text = text.substr(0, kSizeOfTreeStart);
  size_t at = 0;
  take_value(text, "Tree", at);
  return within(read_number(take_value(text, "num_leaves", at)), 1, kMostLeaves, "a tree has too many leaves");
}

void parse_tree(std::string_view text, int64_t number, int64_t features, TreeText& tree) {
  Lines lines(text);
  Line first = lines.next();
  if (first.key != "Tree" || read_number(first.value) != number) refuse("its trees are not numbered one after the other");
  Values values;
  values.read(lines);
  lines.skip_empty_lines();
  if (!lines.ended()) refuse("a tree is longer than its header says");
  tree.leaves = within(read_number(values.of[kNumLeaves]), 1, kMostLeaves, "a tree has too many leaves");
  if ((values.known & 1u << kIsLinear) && values.of[kIsLinear] != "0") refuse("it has linear trees");
  int64_t sets = within(read_number(values.of[kNumCat]), 0, tree.leaves, "the categories of a tree do not fit");
  auto leaves = static_cast<size_t>(tree.leaves), nodes = leaves - 1;
  read_numbers(values.of[kLeafValue], leaves, tree.values);
  read_numbers(values.of[kSplitFeature], nodes, tree.features);
  read_numbers(values.of[kThreshold], nodes, tree.thresholds);
  read_numbers(values.of[kDecisionType], nodes, tree.decisions);
  read_numbers(values.of[kLeftChild], nodes, tree.left);
  read_numbers(values.of[kRightChild], nodes, tree.right);
  check_numbers(values.of[kShrinkage], 1);
  if (nodes > 0) check_rest(values, nodes, leaves);  // a lone leaf has less to tell, and differently in each version
  read_sets(values, sets, tree);
  check_nodes(tree, features, sets);
}
