#include "forest.h"

#include <cmath>
#include <cstring>
#include <new>
#include <string>
#include <string_view>

#include "packed.h"
#include "parse.h"
#include "predict.h"
#include "text.h"
#include "trees.h"

#define EXPORTED __attribute__((visibility("default")))

struct Forest {
  Header header;
  Trees trees;
  std::vector<int64_t> starts;  // of the trees in the text, and the end of the last
  PackedText text;
  int64_t iterations() const { return static_cast<int64_t>(trees.trees.size()) / header.classes; }
};

namespace {

const Lanes* const kLanesHere[] = {&kAvx512, &kAvx2, &kPortable};

std::string_view tree_at(std::string_view text, int64_t at, int64_t size) {
  auto end = static_cast<int64_t>(text.size());
  if (size < 0 || at > end || size > end - at) refuse("its text is shorter than its header says");
  return text.substr(static_cast<size_t>(at), static_cast<size_t>(size));
}

std::vector<int64_t> find_starts(std::string_view text, const Header& header) {
  std::vector<int64_t> starts = {header.end};
  starts.reserve(header.tree_sizes.size() + 1);
  for (int64_t size : header.tree_sizes) {
    tree_at(text, starts.back(), size);
    starts.push_back(starts.back() + size);
  }
  if (text.substr(static_cast<size_t>(starts.back()), 13) != "end of trees\n") refuse("it has more trees than its header says");
  return starts;
}

int64_t count_leaves(std::string_view text, const Header& header, const std::vector<int64_t>& starts) {
  int64_t leaves = 0;
  for (size_t i = 0; i < header.tree_sizes.size(); ++i) leaves += peek_leaves(tree_at(text, starts[i], header.tree_sizes[i]));
  if (leaves > static_cast<int64_t>(text.size())) refuse("a tree has too many leaves");
  return leaves;
}

Forest* read(std::string_view text) {
  Header header = parse_header(text);
  auto count = static_cast<int64_t>(header.tree_sizes.size());
  if (count == 0 || count % header.classes != 0) refuse("it has no whole number of iterations");
  std::vector<int64_t> starts = find_starts(text, header);
  Builder builder(header.features, count, count_leaves(text, header, starts));
  TreeText tree;
  for (int64_t i = 0; i < count; ++i) {
    auto number = static_cast<size_t>(i);
    parse_tree(tree_at(text, starts[number], header.tree_sizes[number]), i, header.features, tree);
    builder.add(tree);
  }
  return new Forest{std::move(header), builder.finish(), std::move(starts), PackedText(text)};
}

// What LightGBM's GBDT::InitPredict makes of them.
void clamp_iterations(int64_t all, int64_t& first, int64_t& iterations) {
  first = std::min(std::max<int64_t>(first, 0), all);
  iterations = iterations > 0 ? std::min(iterations, all - first) : all - first;
}

bool find_way(std::string_view way, const Lanes*& lanes) {
  for (const Lanes* known : kLanesHere) {
    if (!known->known() || (!way.empty() && way != known->name)) continue;
    lanes = known;
    return true;
  }
  return false;
}

}  // namespace

extern "C" {

EXPORTED Forest* forest_read(const char* text, int64_t size, char* why, int64_t room) {
  try {
    return read(std::string_view(text, static_cast<size_t>(size)));
  } catch (const Refused& refused) {
    std::strncpy(why, refused.what(), static_cast<size_t>(room) - 1);
  } catch (const std::exception&) {  // nothing else is thrown: std::bad_alloc, std::length_error
    std::strncpy(why, "there is not enough memory", static_cast<size_t>(room) - 1);
  }
  why[room - 1] = '\0';
  return nullptr;
}

EXPORTED void forest_free(Forest* forest) { delete forest; }

EXPORTED void forest_facts(const Forest* forest, ForestFacts* facts) {
  *facts = {static_cast<int64_t>(forest->trees.trees.size()), forest->header.classes, forest->header.features, forest->iterations(),
            forest->text.size()};
}

EXPORTED void forest_forget_text(Forest* forest) { forest->text = PackedText(); }

EXPORTED void forest_text(const Forest* forest, int64_t start, int64_t size, char* out) { forest->text.copy(start, size, out); }

EXPORTED int64_t forest_tree_start(const Forest* forest, int64_t number) { return forest->starts[static_cast<size_t>(number)]; }

EXPORTED int forest_predict(const Forest* forest, const void* data, int type, int64_t rows, int64_t columns, int row_major, int64_t first,
                            int64_t iterations, int raw, int threads, const char* way, double* out) {
  const Lanes* lanes = nullptr;
  if (columns != forest->header.features || rows < 1 || !find_way(way, lanes)) return FOREST_REFUSED;
  clamp_iterations(forest->iterations(), first, iterations);
  const Header& header = forest->header;
  Ask ask = {{data, type == FOREST_FLOAT32, row_major ? columns : 1, row_major ? 1 : rows},
             rows, header.classes, first * header.classes, (first + iterations) * header.classes,
             header.average, iterations, raw ? nullptr : &header.objective, lanes, threads, out};
  try {
    predict(forest->trees, ask);
  } catch (const std::exception&) {
    return FOREST_NO_MEMORY;
  }
  return FOREST_DONE;
}

EXPORTED const char* forest_way(int number) {
  for (const Lanes* lanes : kLanesHere) {
    if (lanes->known() && number-- == 0) return lanes->name;
  }
  return nullptr;
}

}  // extern "C"
