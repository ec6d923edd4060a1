#include "predict.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <thread>
#include <vector>

#include "walk.h"

namespace {

constexpr int64_t kMostRows = 512;
constexpr int64_t kBlockSize = 1 << 20;  // bytes: a block's ranks and sums shall stay in a processor's own cache
constexpr int64_t kFew = 8;              // rows of a vector of float64: fewer are ranked one by one

int64_t rows_of_block(const Trees& trees, int64_t rows, int64_t classes) {
  int64_t most = kMostRows, of_row = trees.planes + 2 * trees.cells + 8 * classes;
  while (most > kLanes && (most * of_row > kBlockSize || most / 2 >= rows)) most /= 2;
  return most;
}

// One thread's memory: ranks and sums of one block.
class Block {
 public:
  Block(const Trees& trees, const Ask& ask, int64_t size)
      : trees_(trees), ask_(ask), size_(size), planes_(static_cast<size_t>(trees.planes * size)), cells_(static_cast<size_t>(trees.cells * size)), sums_(static_cast<size_t>(ask.classes * size)) {}

  void predict(int64_t start) {
    rows_ = std::min(size_, ask_.rows - start);
    width_ = (rows_ + kLanes - 1) / kLanes * kLanes;
    asked_ = rows_ < kFew ? rows_ : (rows_ + kFew - 1) / kFew * kFew;
    for (const Column& column : trees_.columns) rank(column, start);
    std::fill(sums_.begin(), sums_.end(), 0.0);
    int64_t k = 0;
    for (int64_t i = ask_.first; i < ask_.last; ++i) {
      add(trees_.trees[static_cast<size_t>(i)], sums_.data() + k * width_);
      if (++k == ask_.classes) k = 0;
    }
    write(start);
  }

 private:
  void rank(const Column& column, int64_t start) {
    double values[kMostRows];
    uint16_t ranks[kMostRows];
    std::fill(ranks + asked_, ranks + width_, 0);
    for (int64_t row = 0; row < rows_; ++row) values[row] = ask_.data.at(start + row, column.feature);
    std::fill(values + rows_, values + asked_, 0.0);
    if (column.missed == Missed::kCategories) find_categories(values, ranks);
    else find_ranks(column, values, ranks);
    if (column.cells != kNowhere) std::copy(ranks, ranks + width_, cells_.data() + column.cells * width_);
    if (column.plane != kNowhere) place(ranks, planes_.data() + (column.plane & ~kWide) * width_, column.plane & kWide);
  }

  void place(const uint16_t* ranks, uint8_t* plane, bool wide) const {
    for (int64_t row = 0; row < width_; ++row) plane[row] = static_cast<uint8_t>(ranks[row]);
    for (int64_t row = 0; row < width_ && wide; ++row) plane[width_ + row] = static_cast<uint8_t>(ranks[row] >> 8);
  }

  // LightGBM's CategoricalDecision: the whole part of a number; NaN and negative ones are in no set.
  void find_categories(const double* values, uint16_t* categories) const {
    for (int64_t row = 0; row < asked_; ++row) {
      bool known = values[row] > -1.0 && values[row] < kNoCategory;
      categories[row] = known ? static_cast<uint16_t>(values[row]) : kNoCategory;
    }
  }

  void find_ranks(const Column& column, double* values, uint16_t* ranks) const {
    if (column.missed != Missed::kNanLeft && column.missed != Missed::kNanRight) {
      for (int64_t row = 0; row < asked_; ++row) values[row] = std::isnan(values[row]) ? 0.0 : values[row];
    }
    const Lanes& lanes = asked_ < kFew ? kPortable : *ask_.lanes;
    lanes.rank(values, asked_, trees_.thresholds.data() + column.first, column.count, ranks);
    place_missing(column, values, ranks);
  }

  // NaN is below no threshold, so it has the rank 0 already.
  void place_missing(const Column& column, const double* values, uint16_t* ranks) const {
    auto last = static_cast<uint16_t>(column.count);
    switch (column.missed) {
      case Missed::kZeroLeft:
        for (int64_t row = 0; row < asked_; ++row) ranks[row] = values[row] == 0.0 ? 0 : ranks[row];
        break;
      case Missed::kZeroRight:
        for (int64_t row = 0; row < asked_; ++row) ranks[row] = values[row] == 0.0 ? last : ranks[row];
        break;
      case Missed::kNanRight:
        for (int64_t row = 0; row < asked_; ++row) ranks[row] = std::isnan(values[row]) ? last : ranks[row];
        break;
      case Missed::kNever:
      case Missed::kNanLeft:
      case Missed::kCategories:
        break;
    }
  }

  void add(const Tree& tree, double* sums) const {
    if (tree.walked) return walk_tree(trees_, tree, cells_.data(), width_, asked_, sums);
    ask_.lanes->add_tree(trees_.nodes.data() + tree.node, tree.leaves - 1, trees_.leaves.data() + tree.leaf, tree.leaves, planes_.data(), width_, sums);
  }

  void write(int64_t start) const {
    for (int64_t row = 0; row < rows_; ++row) {
      double* out = ask_.out + (start + row) * ask_.classes;
      for (int64_t k = 0; k < ask_.classes; ++k) out[k] = sums_[static_cast<size_t>(k * width_ + row)];
      if (ask_.objective == nullptr) continue;
      for (int64_t k = 0; k < ask_.classes && ask_.average; ++k) out[k] /= static_cast<double>(ask_.iterations);
      ask_.objective->convert(out, ask_.classes);
    }
  }

  const Trees& trees_;
  const Ask& ask_;
  int64_t size_;
  int64_t rows_ = 0;   // of this block
  int64_t asked_ = 0;  // with those that make full vectors
  int64_t width_ = 0;  // of its columns: a multiple of 64
  std::vector<uint8_t> planes_;
  std::vector<uint16_t> cells_;
  std::vector<double> sums_;
};

}  // namespace

void predict(const Trees& trees, const Ask& ask) {
  int64_t size = rows_of_block(trees, ask.rows, ask.classes), blocks = (ask.rows + size - 1) / size;
  auto helpers = static_cast<size_t>(std::clamp<int64_t>(ask.threads - 1, 0, std::max<int64_t>(blocks - 1, 0)));
  std::vector<Block> memory;  // all of it before any thread starts: none of them can fail
  memory.reserve(helpers + 1);
  for (size_t i = 0; i <= helpers; ++i) memory.emplace_back(trees, ask, size);
  std::atomic<int64_t> next{0};
  auto work = [&](Block& block) {
    for (int64_t i; (i = next++) < blocks;) block.predict(i * size);
  };
  std::vector<std::thread> threads;
  threads.reserve(helpers);
  try {
    for (size_t i = 0; i < helpers; ++i) threads.emplace_back(work, std::ref(memory[i + 1]));
  } catch (const std::exception&) {
    // No more threads, or no memory for them: those that there are do it all.
  }
  work(memory[0]);
  for (std::thread& thread : threads) thread.join();
}
